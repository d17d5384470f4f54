"""Credit lines: who wrote, translated and photographed, as a line by the headline says it.

`Words: A. Name | Photos by B. Name`, «نویسنده: الف — مترجم: ب», «ژباړن: ن. څپه». A line is read
only when all of it is credits: «ترجمه قرآن» within a sentence names no translator.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_LINE = 300
"""Characters of a line of credits."""
MAX_WORDS = 14
"""Of one credit after its label: three names and what joins them."""


class Role(StrEnum):
    """What somebody did for an article, as the label before the name says."""

    AUTHOR = "author"
    TRANSLATOR = "translator"
    PHOTOGRAPHER = "photographer"
    SOURCE = "source"
    """Where a text or a picture was taken from: «منبع: رویترز»."""
    OTHER = "other"
    """Editors, reviewers, and a writer's office («شغل، بی‌بی‌سی»): no name that is kept."""


@dataclass(frozen=True, slots=True)
class Credit:
    """One label of a line with what stands after it."""

    role: Role
    names: str
    """One name or several, as they stand there."""


_WORKS = r"(?:words|text|story|report|(?:additional\s+)?reporting|writing|article|essay"
_WORKS += r"|poem|review)"
_LABELS = {
    Role.AUTHOR: (
        rf"authors?|writers?|words|written|reported|{_WORKS}(?=\s+by\b)|by",
        r"نویسند(?:ه|گان)|نگارنده|نوشته[ٔ]?|نوشتهٔ|گزارش(?=\s+از\b)"
        r"|گزارش\u200c?گر(?:ان)?|خبر\u200c?نگار(?:ان)?|شاعر|سراینده",
        r"لیکوال(?:ان)?|ليکوال|لیکونکی|خبریال(?:ان)?|شاعره",
    ),
    Role.TRANSLATOR: (
        r"translat(?:ed|ors?|ions?)",
        r"مترجم(?:ان)?|ترجمه|برگردان|برگرداننده|گزارنده",
        r"ژباړه|ژباړن|ژباړونک[ېی]|ژباړوونک[ېی]|ژباړونکي",
    ),
    Role.PHOTOGRAPHER: (
        r"(?:photos?|photographs?|pictures?|images?)(?:\s+credits?)?|photograph(?:y|er|ers|ed)",
        r"عکس(?:\u200c?ها)?|عکاس(?:ان)?|تصویر",
        r"انځور(?:ونه)?|انځورګر|عکسونه|عکس\s+اخیستونک[ېی]",
    ),
    Role.OTHER: (
        r"edit(?:ed|ors?|ing)|reviewed|illustrat(?:ed|ions?)|graphics?|produced|producer|role"
        r"|video",
        r"ویراستار(?:ان)?|ویرایش|سردبیر|شغل|طراح|تصویرگر|تهیه(?:\u200c?کننده)?",
        r"سمون(?:ګر|وونکی)?|ایډیټر|دنده",
    ),
    Role.SOURCE: ("source", r"منبع(?:\s+(?:خبر|گزارش|متن))?", r"(?:د\s+خبر\s+)?سرچینه"),
}
# A label ends with a mark, or with the word of its language for `by`.
_LABEL = re.compile(
    r"^[-–—•\s(\[]*(?:"
    + "|".join(rf"(?P<{role.value}>{'|'.join(words)})" for role, words in _LABELS.items())
    + r")\s*(?:[:：,،]|\bby\b\s*:?|\bاز\b\s*:?|(?<=\bby)(?=\s))\s*",
    re.IGNORECASE,
)
# As long as what it replaces, so that places found in one are places in the other.
_ONE_SPELLING = str.maketrans("يىك", "ییک")
_FULL_STOP = re.compile(r"(?<!\s\w)[ .]+$")
"""Not the point of `Zahra K.`, which is how a name is kept back."""
_PARTS = re.compile(
    r"\s*(?:[|\n•·؛;]|\s[–—/-]\s)\s*"
    r"|[\s,]+(?=(?:additional\s+)?(?:reporting|writing|editing|photographs?|photos)\s+by\b)",
    re.IGNORECASE,
)


def credits_in(line: str, speakers: Container[str] = ()) -> tuple[Credit, ...]:
    """The credits of a line that holds nothing else; empty for any other line, and for what one of
    the `speakers` says.

    The first credit may be a bare name when labelled ones follow: `A. Name | Photos: B. Name`.
    """
    line = line.strip()
    if not line or len(line) > MAX_LINE:
        return ()
    found = [_credit(part, speakers) for part in _PARTS.split(line) if part]
    named = [credit for credit in found if credit is not None]
    return tuple(named) if len(named) == len(found) else ()


def speakers_in(lines: Iterable[str]) -> frozenset[str]:
    """The labels that are somebody's who speaks in a dialogue, in lower case: each begins several
    lines, and after one of them no names can stand. «خبرنگار: شما از کجا آمدید؟»"""
    said: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        label = _LABEL.match(line.translate(_ONE_SPELLING))
        if label and label.lastgroup and ":" in label[0]:
            said[_spoken(label)].add(line[label.end() :].strip())
    return frozenset(
        label
        for label, speeches in said.items()
        if len(speeches) > 1 and any(map(_is_speech, speeches))
    )


def names_source(credits: Sequence[Credit]) -> bool:
    """Whether a line of credits says where the text was taken from, which is kept nowhere else, and
    names nobody: authors are left out of what is shared."""
    return bool(credits) and all(credit.role is Role.SOURCE for credit in credits)


def role_of(text: str) -> Role | None:
    """The role that a text begins with the label of; None where it begins with a name."""
    label = _LABEL.match(text.translate(_ONE_SPELLING))
    return Role(label.lastgroup) if label and label.lastgroup else None


def without_label(text: str) -> str:
    """`Photos by B. Name` is `B. Name`."""
    label = _LABEL.match(text.translate(_ONE_SPELLING))
    return text[label.end() :] if label else text


def is_label(text: str) -> bool:
    """A role and no name: a theme's own word beside the byline, as in Drupal's field labels."""
    word = text.strip().rstrip(":：").translate(_ONE_SPELLING)
    label = _LABEL.match(f"{word}:")
    return label is not None and label.end() > len(word)


def _spoken(label: re.Match[str]) -> str:
    return label[label.lastgroup or 0].lower()


def _is_speech(text: str) -> bool:
    """Whether no names can be meant."""
    return text.endswith(("؟", "?", "!")) or len(text.split()) > MAX_WORDS


def _credit(part: str, speakers: Container[str]) -> Credit | None:
    label = _LABEL.match(part.translate(_ONE_SPELLING))
    if label is None or not label.lastgroup or _spoken(label) in speakers:
        return None
    names = _FULL_STOP.sub("", part[label.end() :].strip().lstrip(" ."))
    if "(" not in names and "[" not in names:
        names = names.rstrip(")]")
    if not names or _is_speech(names) or names.endswith((":", "…")):
        return None
    return Credit(Role(label.lastgroup), names)
