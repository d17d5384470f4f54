"""Lines that are no part of any story: dates, reading times and counts, photographs' credits, and
the page's words for what stands beside the story. English, Dari and Pashto."""

from __future__ import annotations

import re

from zancrawler.extraction.dates_folding import fold_line
from zancrawler.extraction.dates_grammar import stated_dates
from zancrawler.extraction.textblocks import key_of

MAX_CREDIT = 120
"""Characters of a credit line."""
MAX_DATE_LINE = 90
"""Characters, of a date in two calendars with its label."""
LABEL = 25
"""Letters beside a date that still stands alone on its line: `Published on`."""

_FURNITURE = re.compile(
    r"top of page|bottom of page|advertisement|skip to (?:main )?content|share this(?: article)?|"
    r"read more|loading\.*|share|tweet|print|email|copy link|follow us|end of content|\d{1,2}:\d{2}"
    r"|(?:tags|برچسب(?:\u200c?ها)?|لینک کوتاه|کد خبر|ټګونه)\s*:.{0,200}|pages?\s*:[\d\s]+"
    r"|اشتراک\u200c?\s?گذاری|هم\u200c?رسانی|به اشتراک بگذارید|شریک کړئ"
    r"|(?:©|\(c\)(?=\s*(?:copyright\b|(?:19|20)\d\d)|.{0,150}\brights reserved)).{0,200}"
    r"|(?:readers|views|hits|visits|شمار\s+خوانندگان|بازدید(?:ها)?|تعداد\s+بازدید|لیدنې|لوستونکي)"
    r"\s*:?\s*[\d,٬۰-۹٠-٩]+(?:\s+بار)?|[\d,]+\s+(?:views|reads|comments)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_READING_TIME = re.compile(
    r"[-–—•·<\s]*(?:\d+|one)\s*(?:-\s*)?min(?:ute)?s?\.?\s*"
    r"(?:read(?:ing)?(?: time)?|de lectura)\b.*"
    r"|(?:reading time|read time|estimated reading time)\s*:?.{0,30}"
    r"|(?:زمان مطالعه|مدت مطالعه|وقت مطالعه)\s*:?.{0,30}|[\d۰-۹]+\s*دقیقه(?:\s*مطالعه)?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"[(\[]?(?:last\s+)?(?:updated|modified|published|posted|actualizado|aktualisiert|"
    r"به‌?روز(?:رسانی)?(?:\s+شده)?|تاریخ\s+(?:نشر|انتشار)|د\s+خپرېدو\s+نېټه)"
    # Sentences begin so too («به‌روزرسانی قانون ...»): only a colon, a name or a day makes a label.
    r"(?:\s*:|\s+(?:by|توسط)\b|(?=.*(?:\d|day\b|\bago\b|امروز|دیروز|پیش|نن|پرون))).{0,60}",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|"
    r"fri|sat(?:ur)?|sun)(?:day)?|\d{1,4}(?:st|nd|rd|th)?|[۰-۹٠-٩]{1,4}|am|pm|a\.m|p\.m|"
    r"e[sd]t|gmt|utc|ist|at|ago|hours?|days?|weeks?|months?|h",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"^\s*[(\[]?\s*(?:(?:photo(?:graph)?s?|images?|pictures?|pic)(?:\s+(?:source|credits?|courtesy))?"
    r"(?:\s*:|\s+(?:by|courtesy(?:\s+of)?)\s*:?)|credits?\s*:|source\s*:|file\s+photo\s*:|"
    r"عکس(?:‌?ها)?\s*:|تصویر\s*:|منبع\s+(?:عکس|تصویر)\s*:|انځور(?:ونه)?\s*:|د\s+انځور\s+سرچینه\s*:)"
    r"\s*(?P<whose>[^\n]+?)\s*[)\]]?\s*$"
    r"|^\s*(?P<bare>sent to [\w ]{2,40}|social media|file photo"
    r"|ارسالی به [\w ]{2,40}|شبکه‌?\s?های اجتماعی|رسانه‌?\s?های اجتماعی"
    r"|[\w ]{2,40} ته (?:رالېږل|لېږل) شوی|ټولنیزې رسنۍ)\s*\.?\s*$",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"[\s|•►»←→-]*(?:read (?:also|more|next|this)|also read|see also|related(?: stor(?:y|ies))?"
    r"|watch"
    r"|ب[یي]ش\u200c?تر بخوان[یي]د|هم\u200c?چن(?:[یي]ن|ان) بخوان[یي]د"
    r"|ا[یي]ن (?:(?:خبر|مطلب|گزارش) )?را هم بخوان[یي]د|(?:مطلب |خبر )?مرتبط|(?:مطلب|مطالب) پیشنهادی"
    r"|دا هم ولولئ|نور ولولئ|همدارنګه ولولئ)\s*(?:[:：؛|»]|\s-\s|$)",
    re.IGNORECASE,
)
_SECTIONS = """
    latest | latest news | latest stories | latest posts | latest articles | most read | most viewed
    most popular | trending | trending now | related topics | continue reading
    you may also like | you might also like | more stories | more news | up next | don't miss
    leave a reply | leave a comment | post a comment
    تازه‌ترین‌ها | تازه‌ترین خبرها | تازه‌ترین اخبار | آخرین خبرها | آخرین اخبار | پربیننده‌ترین‌ها
    پربازدیدترین‌ها | مطالب مرتبط | خبرهای مرتبط | اخبار مرتبط | مطالب مشابه | ادامه مطلب
    دیدگاه شما | دیدگاه بگذارید | ما را دنبال کنید
    وروستي خبرونه | تازه خبرونه | نور خبرونه | اړوند خبرونه | اړوند مطالب | ډېر لوستل شوي
    موږ تعقیب کړئ
"""
_COMMENTS = "comments | دیدگاه‌ها | نظرات | تبصرې | نظرونه"
"""A story has parts of these names too: what the people of a village think of a law."""


def _keys(names: str) -> frozenset[str]:
    return frozenset(key_of(name) for name in re.split(r"[|\n]", names)) - {""}


_ENDS = _keys(_SECTIONS)
_MAY_END = _ENDS | _keys(_COMMENTS)


def credit_in(line: str) -> str | None:
    """`Photo: A/B` is `A/B`, `Sent to Zan TV` itself; None for any other line."""
    if len(line) > MAX_CREDIT:
        return None
    found = _CREDIT.match(line)
    return (found["whose"] or found["bare"]).strip() if found else None


def is_furniture(line: str) -> bool:
    """The page's own words and numbers, wherever they stand: `Share`, `03:07`, `© ...`."""
    return bool(_FURNITURE.fullmatch(line))


def is_clock(line: str) -> bool:
    """`14:30` and nothing else: a player's, or the time of an entry in a live blog."""
    return bool(_CLOCK.fullmatch(line))


def leads_onward(line: str) -> bool:
    """`Read also: ...`, to another story."""
    return bool(_ONWARD.match(line))


def ends_the_story(line: str, *, surely: bool = False) -> bool:
    """The heading of what comes after every story: `Latest`, `Related Topics:`; unless it must be
    `surely` so, `Comments` too."""
    return len(line) < 40 and key_of(line) in (_ENDS if surely else _MAY_END)


def is_head_line(line: str) -> bool:
    """A date, a time of change or the time that reading takes, and nothing else."""
    return bool(
        is_date_line(line)
        or _READING_TIME.fullmatch(line)
        or (len(line) < MAX_DATE_LINE and _UPDATED.fullmatch(line))
    )


def is_stamp(line: str) -> bool:
    """A date with nothing or its label beside it. With a place («کابل، ۱۵ اسد ۱۴۰۴») it is how a
    writer signs."""
    return is_date_line(line) and (
        is_date_line(line, beside=0) or _UPDATED.fullmatch(line) is not None
    )


def is_date_line(line: str, *, beside: int = LABEL) -> bool:
    """A line of nothing but a date and time, in any calendar that `dates` reads, and of a few
    letters `beside` it."""
    if len(line) > MAX_DATE_LINE:
        return False
    if any(map(str.isdigit, line)) and not re.sub(r"[\W_]+", "", _DATE_WORDS.sub("", line)):
        return True
    folded = fold_line(line)
    dates = list(stated_dates(folded))
    rest = folded.text
    for stated in sorted(dates, key=lambda stated: stated.start, reverse=True):
        rest = rest[: stated.start] + rest[stated.end :]
    return bool(dates) and sum(map(str.isalpha, rest)) <= beside and not rest.rstrip().endswith(".")
