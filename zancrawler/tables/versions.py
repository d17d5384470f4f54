"""The rule by which an article gets a new version."""

from __future__ import annotations

from zancrawler.tables.state import Known


def is_new_version(known: Known, text_digest: str) -> bool:
    """Whether an article that now shows this text has a version that it had not before.

    The digest is of title and text, not of the page: what surrounds the article makes no version.
    A text that comes back after another one is a new version too, for readers saw it return.
    """
    return text_digest != known.text_digest
