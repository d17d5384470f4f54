"""Lines around an article that are no part of its text: its head (title, byline, date, reading
time), the page's own furniture, and the photograph's credit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zancrawler.extraction.textblocks import Kind, TextBlock, key_of

HEAD = 12
"""Blocks from the start within which the article's head may stand."""
MAX_CREDIT = 120
"""Characters of a credit line."""

_FURNITURE = re.compile(
    r"top of page|bottom of page|advertisement|skip to (?:main )?content|share this(?: article)?|"
    r"read more|loading\.*|share|tweet|print|email|copy link|follow us",
    re.IGNORECASE,
)
_READING_TIME = re.compile(
    r"[-–—•·<\s]*(?:\d+|one)\s*(?:-\s*)?min(?:ute)?s?\.?\s*"
    r"(?:read(?:ing)?(?: time)?|de lectura)\b.*"
    r"|(?:reading time|read time|estimated reading time)\s*:?.{0,30}"
    r"|(?:زمان مطالعه|مدت مطالعه|وقت مطالعه)\s*:?.{0,30}|[\d۰-۹]+\s*دقیقه(?:\s*مطالعه)?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"(?:last\s+)?(?:updated|modified|published|posted|actualizado|aktualisiert|"
    r"به‌?روز(?:رسانی)?(?:\s+شده)?|تاریخ\s+(?:نشر|انتشار)|د\s+خپرېدو\s+نېټه)(?:\s+(?:on|at))?\s*:?.{0,60}",
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


@dataclass(frozen=True, slots=True)
class Body:
    blocks: tuple[TextBlock, ...]
    credit: str | None = None
    """Whose photograph the lead picture is, as the first line of the body said."""


def credit_in(line: str) -> str | None:
    """`Photo: A/B` is `A/B`, `Sent to Zan TV` itself; None for any other line."""
    if len(line) > MAX_CREDIT:
        return None
    found = _CREDIT.match(line)
    return (found["whose"] or found["bare"]).strip() if found else None


def is_date_line(line: str) -> bool:
    """A line of nothing but a date and time, with at least one digit."""
    if len(line) > 60 or not any(c.isdigit() for c in line):
        return False
    return not re.sub(r"[\W_]+", "", _DATE_WORDS.sub("", line))


def without_chrome(
    blocks: Sequence[TextBlock], *, title: str | None, authors: Sequence[str], ends: Sequence[str]
) -> Body:
    """The article's own blocks.

    Cut: everything from a line in `ends` on; in the head, lines that repeat the title, name the
    authors, the date or the reading time; furniture anywhere. The head is over with the first
    block that is none of these and is longer than a line.
    """
    kept: list[TextBlock] = []
    credit: str | None = None
    head = {key_of(title or "")} - {""}
    names = {key_of(n) for n in authors}
    ended = {end.casefold() for end in ends}
    in_head = True
    for place, block in enumerate(blocks):
        text = block.text
        if text.casefold() in ended:
            break
        if _FURNITURE.fullmatch(text):
            continue
        if in_head and place < HEAD:
            if _is_head(block, head, names):
                continue
            first, _, rest = text.partition("\n")
            whose = credit_in(first) if not _prose(kept) else None
            if whose:
                credit = credit or whose
                if not rest:
                    continue
                block = TextBlock(block.kind, rest, key_of(rest), block.linked, block.element)
            elif len(text) > 120 and block.kind is not Kind.HEADING:
                in_head = False
        kept.append(block)
    while kept and kept[-1].kind is Kind.HEADING:
        kept.pop()
    return Body(tuple(kept), credit)


def _prose(kept: Sequence[TextBlock]) -> bool:
    return any(len(block.text) > 120 for block in kept)


def _is_head(block: TextBlock, head: set[str], names: set[str]) -> bool:
    text, key = block.text, block.key
    if not key:
        return True
    if key in head or any(
        len(t) > 20 and key.startswith(t) and len(key) < len(t) + 20 for t in head
    ):
        return True
    bare = key.removeprefix("by").removeprefix("writtenby").removeprefix("writer")
    if key in names or bare in names:
        return True
    return bool(
        is_date_line(text)
        or _READING_TIME.fullmatch(text)
        or (len(text) < 90 and _UPDATED.fullmatch(text))
    )
