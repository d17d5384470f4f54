"""`zancrawler stories` and `zancrawler story`: which articles tell the same story."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    console,
    fitted,
    print_json,
)
from zancrawler.outlets import Catalogue

if TYPE_CHECKING:
    from zancrawler.stories import ShownMember, ShownStory


def register(app: typer.Typer) -> None:
    app.command()(stories)
    app.command()(story)


def stories(
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Compares all articles, and writes which tell the same story."""
    from zancrawler.runs.stories import refresh_stories

    done = refresh_stories(Archive.existing(archive), Catalogue.open(outlets))
    if json:
        print_json(asdict(done))
        return
    typer.echo(
        f"{done.articles} articles tell {done.stories} stories, {done.shared} of them more than "
        f"once. {done.sketched} texts were new, {done.moved} articles came to another story."
    )
    if done.busy:
        typer.echo(f"Being crawled now, and left for the next time: {', '.join(done.busy)}.")


def story(
    url: Annotated[str, typer.Argument(help="The article's address in any spelling, or its id.")],
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Who published a story first, and who copied, mirrored or translated it."""
    from zancrawler.runs.stories import find_story

    found = find_story(Archive.existing(archive), Catalogue.open(outlets), url)
    if json:
        print_json(found.as_json())
        return
    screen = console()
    screen.print(_summary(found), highlight=False)
    screen.print(fitted(screen, _members(found)))
    for number, member in enumerate(found.members, start=1):
        if member.url:
            screen.print(f"  {number}  {member.url}", soft_wrap=True, highlight=False, markup=False)


def _summary(found: ShownStory) -> str:
    outlets = {member.outlet for member in found.members}
    languages = {member.language for member in found.members}
    origin = found.origin
    return (
        f"Story {found.story_id}: {_count(len(found.members), 'article')} of "
        f"{_count(len(outlets), 'outlet')} in {_count(len(languages), 'language')}. "
        f"First published by {origin.outlet} in {origin.language or 'an unknown language'}, "
        f"{_date(origin)}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _members(found: ShownStory) -> Table:
    table = Table("", "published (UTC)", "outlet", "language", "what it is", "why", "title")
    numbers = {member.article_id: n for n, member in enumerate(found.members, start=1)}
    for member in found.members:
        of = numbers.get(member.related_to or "")
        table.add_row(
            str(numbers[member.article_id]),
            _date(member),
            member.outlet,
            member.language or "-",
            f"{member.relation} of {of}" if of else member.relation,
            _why(member),
            member.title or (f"({member.access})" if member.url is None else "-"),
        )
    return table


def _why(member: ShownMember) -> str:
    alike = "" if member.similarity is None else f", {member.similarity:.0%} alike"
    return f"{member.evidence or '-'}{alike}"


def _date(member: ShownMember) -> str:
    """A time of midnight sharp is that of a page that tells the day only."""
    at: datetime = member.published or member.first_seen
    known = "" if member.published else " (seen)"
    return (f"{at:%Y-%m-%d}" if _is_midnight(at) else f"{at:%Y-%m-%d %H:%M}") + known


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)
