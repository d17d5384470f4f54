"""Profiles: what of an article may be handed on, and to whom."""

from __future__ import annotations

from enum import StrEnum

_PEOPLE = ("authors", "translators", "images", "embeds")
"""Who wrote it, who is in the picture, whose post is shown."""
_CONTENT = ("subtitle", "description", "text", "text_normalized", "links", "translations", "tags")


class Profile(StrEnum):
    """For whom a release is. What is held or withdrawn is in none."""

    PRIVATE = "private"
    """The archive's own people: every column of every article that may be shown."""
    RESEARCH = "research"
    """No author names, images or embedded posts, and no article with a sensitivity mark; listed
    names are masked."""
    METADATA = "metadata"
    """As `research`, and without the texts: what was published, where, when, and its digests."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that the release does not have."""
        match self:
            case Profile.PRIVATE:
                return ()
            case Profile.RESEARCH:
                return (*_PEOPLE, "sensitivity")
            case Profile.METADATA:
                return (*_PEOPLE, "sensitivity", *_CONTENT)
