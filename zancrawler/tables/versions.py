"""The rule by which a text that an article shows is a version of it, and when it needs a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

YOUNG = timedelta(days=3)
"""Age until which newsrooms mend a story openly and often: there each text counts at once."""


def counts(
    text_digest: str, versions: Collection[str], pending: str | None, age: timedelta
) -> bool:
    """Whether an article that now shows this text shows a version by that.

    - The first text is the first version.
    - A text that is a version already is shown again, and adds none: a revert is no new text.
    - While the article is YOUNG a new text counts at once.
    - Later it counts when two looks in a row have found it: what a broken template or a test on
      readers put there once is gone at the second look. Until then it is pending.

    All are digests of title and text, so what surrounds the article never makes a version.
    `pending` is what the look before found, if that does not count yet; `age` is that of the
    article at the time of the look, from its own date or, without one, from its first capture.
    """
    return not versions or text_digest in versions or age < YOUNG or text_digest == pending


def lost_much(words: int, words_before: int) -> bool:
    """Whether a version lost more than half of the version before it.

    Outlets cut stories to protect people: what is left is not shown until a person has looked.
    """
    return words * 2 < words_before
