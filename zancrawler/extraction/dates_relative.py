"""Dates reckoned from the moment of reading: `3 days ago`, «۳ روز پیش», «۳ ورځې مخکې», «دیروز»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from zancrawler.extraction.dates_folding import fold_word
from zancrawler.extraction.dates_words import count_words

_UNITS = {
    timedelta(seconds=1): "seconds?|secs?|ثانیه|ثانیې|ثانیو",
    timedelta(minutes=1): "minutes?|mins?|دقیقه|دقیقې|دقیقو",
    timedelta(hours=1): "hours?|hrs?|ساعت|ساعته|ساعتونه|ساعتو",
    timedelta(days=1): "days?|روز|ورځ|ورځې|ورځو",
    timedelta(weeks=1): "weeks?|هفته|اونۍ|اونیو",
    timedelta(days=30): "months?|ماه|میاشت|میاشتې|میاشتو",
    timedelta(days=365): "years?|yrs?|سال|کال|کاله|کلونه|کلونو",
}

_AGO = "ago|پیش|قبل|مخکې|وړاندې|دمخه"

_DAYS = {
    "today": 0,
    "yesterday": 1,
    "امروز": 0,
    "دیروز": 1,
    "پریروز": 2,
    "نن": 0,
    "پرون": 1,
}

_NOW = "just now|moments ago|لحظاتی پیش|لحظاتی قبل|همین اکنون|هم اکنون|همدا اوس|اوس مهال"


# A sentence goes on with a word: «دیروز ۳۰ تن کشته شدند», `yesterday or so`.
_AFTER = r"(?=\s*(?:$|[^\w\s,]|(?:at\s|on\s|by\s|ساعت\s)|\d\d?:\d\d))"


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """`unit` times `count` before the capture; a day word has the unit of a day."""

    start: int
    end: int
    unit: timedelta
    count: int

    @property
    def is_of_days(self) -> bool:
        """Hours too: which minute is meant by `5 hours ago` cannot be told, the day can."""
        return self.unit >= timedelta(hours=1)

    @property
    def is_vague(self) -> bool:
        """Weeks and more are rounded so far that no day can be told."""
        return self.unit > timedelta(days=1)


def _fold_options(options: str) -> str:
    return "|".join(fold_word(option) for option in options.split("|"))


@cache
def _ago() -> re.Pattern[str]:
    count = "|".join(re.escape(word) for word in sorted(count_words(), key=len, reverse=True))
    units = "|".join(
        f"(?P<u{number}>{_fold_options(names)})" for number, names in enumerate(_UNITS.values())
    )
    return re.compile(
        rf"(?<![\w.])(?P<count>\d{{1,3}}|(?:{count})(?=\s))\s?(?:{units})\s(?:{_fold_options(_AGO)})(?!\w)"
        + _AFTER,
        re.IGNORECASE,
    )


@cache
def _day_word() -> re.Pattern[str]:
    words = "|".join(fold_word(word) for word in (*_DAYS, *_NOW.split("|")))
    # Only at the head of what stands in a date element: in a sentence these words are the story's.
    return re.compile(
        rf"\W*(?:[A-Za-z ]{{1,20}}:\s?)?(?P<word>{words})(?!\w){_AFTER}", re.IGNORECASE
    )


def relative_date(text: str) -> RelativeDate | None:
    """The first relative date of a folded text."""
    ago = _ago().search(text)
    if ago is not None:
        unit = next(unit for number, unit in enumerate(_UNITS) if ago[f"u{number}"] is not None)
        count = ago["count"].lower()
        number = int(count) if count.isdecimal() else count_words()[count]
        return RelativeDate(ago.start(), ago.end(), unit, number)
    word = _day_word().match(text)
    if word is None:
        return None
    days = {fold_word(name): count for name, count in _DAYS.items()}.get(word["word"].lower())
    span = (word.start("word"), word.end("word"))
    if days is None:
        return RelativeDate(*span, timedelta(minutes=1), 0)
    return RelativeDate(*span, timedelta(days=1), days)
