"""The numbers in a text: what a translator leaves as it is, and a formula fills in anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache

_DIGITS = re.compile(r"\d+(?:[,٬]\d{3})*(?:[.٫]\d+)?")
_YEAR = re.compile(r"1[34]\d\d|19\d\d|20\d\d|2100")
"""Of all that a newsroom prints in a year most names it: two stories share it by no translation."""
_THOUSANDS = re.compile("[,٬]")
_WEEKDAY = "شنبه"
"""«چهار شنبه» is Wednesday."""
MAX_NUMBERS = 200
"""Of a text; a table of figures is known by its first ones."""

_SPELLED = (
    (2, "two second دو دوم دوه دوو دوې دویم دویمه"),
    (3, "three third سه سوم درې دریو درېو دریم درېیم درېیمه دریمه"),
    (4, "four fourth چهار چار چهارم څلور څلورو څلورم څلورمه"),
    (5, "five fifth پنج پنجم پنځه پنځو پنځم پنځمه"),
    (6, "six sixth شش ششم شپږ شپږو شپږم شپږمه"),
    (7, "seven seventh هفت هفتم اووه اوو اوه اووم اوومه"),
    (8, "eight eighth هشت هشتم اته اتو اتم اتمه"),
    (9, "nine ninth نهم نهه نهو نهمه"),
    (10, "ten tenth ده دهم لس لسو لسم لسمه"),
    (11, "eleven eleventh یازده یازدهم یوولس یوولسو یوولسم"),
    (12, "twelve twelfth دوازده دوازدهم دولس دوولس دوولسو دوولسم"),
    (13, "thirteen سیزده دیارلس دیارلسو"),
    (14, "fourteen چهارده څوارلس څوارلسو"),
    (15, "fifteen پانزده پنځلس پنځلسو"),
    (16, "sixteen شانزده شپاړس شپاړسو"),
    (17, "seventeen هفده اوولس اوولسو"),
    (18, "eighteen هجده هژده اتلس اتلسو"),
    (19, "nineteen نزده نوزده نولس نولسو"),
    (20, "twenty بیست شل شلو"),
    (30, "thirty سی دېرش دېرشو دیرش"),
    (40, "forty چهل څلوېښت څلوېښتو"),
    (50, "fifty پنجاه پنځوس پنځوسو"),
    (60, "sixty شصت شپېته شپېتو"),
    (70, "seventy هفتاد اویا اویاوو"),
    (80, "eighty هشتاد اتیا اتیاوو"),
    (90, "ninety نود نوي نوی"),
)
"""One is left out, for it is an article too; so is «نه», which is nine and no."""


@cache
def _values() -> dict[str, str]:
    return {word: str(value) for value, words in _SPELLED for word in words.split()}


def numbers_in(text: str, words: Sequence[str]) -> Iterator[str]:
    """The numbers of a normalised text and of its words: digits, and small numbers in words. Four
    digits that are a year's are left out, whatever they count."""
    for found in _DIGITS.finditer(text):
        if _YEAR.fullmatch(found[0]):
            continue
        yield _THOUSANDS.sub("", found[0]).replace("٫", ".")
    values = _values()
    for index, word in enumerate(words):
        value = values.get(word)
        if value and (index + 1 == len(words) or words[index + 1] != _WEEKDAY):
            yield value


def number_digests(text: str, words: Sequence[str]) -> frozenset[int]:
    """Sixteen bits for each distinct number: enough to compare two texts by.

    Too few to read a telephone number back from, so that they can be kept of what is not shown.
    """
    digests: set[int] = set()
    for number in numbers_in(text, words):
        digest = hashlib.blake2b(number.encode(), digest_size=2).digest()
        digests.add(int.from_bytes(digest, "big"))
        if len(digests) == MAX_NUMBERS:
            break
    return frozenset(digests)
