"""Days of the month and small numbers in words: «دهم», «لسم», `first`."""

from __future__ import annotations

from functools import cache

from zancrawler.extraction.dates_folding import fold_word

_DARI = (
    *("اول|یکم|نخست", "دوم|دویم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم", "دهم"),
    *("یازدهم", "دوازدهم", "سیزدهم", "چهاردهم", "پانزدهم", "شانزدهم", "هفدهم"),
    *("هجدهم|هژدهم|هیجدهم", "نوزدهم|نزدهم", "بیستم"),
)

_PASHTO = (
    *("لومړی|لومړۍ|لمړی|لومړنی", "دویم|دوهم", "دریم", "څلورم", "پنځم", "شپږم", "اووم|اوم"),
    *("اتم", "نهم", "لسم", "یوولسم|یولسم", "دوولسم|دولسم", "دیارلسم", "څوارلسم", "پنځلسم"),
    *("شپاړسم|شپاړلسم", "اوولسم|اولسم", "اتلسم", "نولسم|نونسم", "شلم", "یوویشتم|یویشتم"),
    *("دوه ویشتم|دوویشتم|دوهویشتم", "درویشتم|دروویشتم|دری ویشتم"),
    *("څلوریشتم|څلورویشتم|څلېرویشتم", "پنځه ویشتم|پنځویشتم|پنځهویشتم", "شپږویشتم|شپږ ویشتم"),
    *("اوویشتم|اووه ویشتم|اووهویشتم", "اته ویشتم|اتویشتم|اتهویشتم"),
    *("نهه ویشتم|نهویشتم|نههویشتم", "دېرشم|دیرشم", "یودېرشم|یو دېرشم|یو دیرشم"),
)

_ENGLISH = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)

_COUNTS = (
    *("یک|یو|یوه|a|an|one", "دو|دوه|two", "سه|درې|three", "چهار|چار|څلور|four"),
    *("پنج|پنځه|five", "شش|شپږ|six", "هفت|اوه|اووه|seven", "هشت|اته|eight", "نه|نهه|nine"),
    *("ده|لس|ten", "یازده|یوولس|eleven", "دوازده|دوولس|twelve"),
)

_UNIONS = (" و ", " و", "و ", "و")
"""«بیست و یکم» with and without its joiners."""


def _spelled(*tables: tuple[str, ...]) -> dict[str, int]:
    return {
        fold_word(spelling): number
        for table in tables
        for number, spellings in enumerate(table, start=1)
        for spelling in spellings.split("|")
    }


@cache
def day_words() -> dict[str, int]:
    """Folded ordinal words to days 1 to 31, Pashto's feminine forms («لسمه») among them."""
    words = _spelled(_DARI, _PASHTO, _ENGLISH)
    words |= {fold_word("سی ام"): 30, fold_word("سیم"): 30}
    words |= {fold_word(f"سی{union}یکم"): 31 for union in _UNIONS}
    words |= {f"{word}ه": day for word, day in _spelled(_PASHTO).items() if word.endswith("م")}
    for unit in range(1, 10):
        for spelling in _DARI[unit - 1].split("|"):
            words |= {fold_word(f"بیست{union}{spelling}"): 20 + unit for union in _UNIONS}
        words[f"twenty-{_ENGLISH[unit - 1]}"] = 20 + unit
    return words | {"thirtieth": 30, "thirty-first": 31}


@cache
def count_words() -> dict[str, int]:
    """Folded cardinal words to 1 to 12, as in «دو روز پیش» and `a day ago`."""
    return _spelled(_COUNTS)
