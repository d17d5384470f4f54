"""Stories: which articles, of any outlet and language, tell the same one. Nothing is deleted.

A story is what links join: copies of a text, mirrors, translations. Each link is made by a rule
that gives its reason (`links`), and none by adding up scores.
"""

from zancrawler.stories.member import Evidence, Link, Member, Placed, Relation
from zancrawler.stories.refresh import Refreshed, has_new_articles, refresh
from zancrawler.stories.show import ShownMember, ShownStory, UnknownStoryError, story_of

__all__ = [
    "Evidence",
    "Link",
    "Member",
    "Placed",
    "Refreshed",
    "Relation",
    "ShownMember",
    "ShownStory",
    "UnknownStoryError",
    "has_new_articles",
    "refresh",
    "story_of",
]
