"""`zancrawler withdraw` and `zancrawler holds`: what may not be shown, decided by a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from zancrawler.archive import Archive, ArchiveError
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    console,
    print_json,
    printable,
)
from zancrawler.cli.storing import OLD_VERSIONS
from zancrawler.decisions import Why
from zancrawler.outlets import Catalogue

if TYPE_CHECKING:
    from zancrawler.runs.withdrawing import Decided, Known


def _said(value: str) -> str:
    """What an audit rests on must be there, on one line, and no book."""
    text = " ".join(value.split())
    if not text or len(text) > MAX_SAID:
        raise typer.BadParameter(f"write 1 to {MAX_SAID} characters")
    return text


MAX_SAID = 200
ReasonOption = Annotated[
    str,
    typer.Option(callback=_said, help="A code or short phrase such as 'safety'; no names."),
]
ByOption = Annotated[str, typer.Option(callback=_said, help="Who decides: a name or a role.")]
ArticleArgument = Annotated[
    str,
    typer.Argument(metavar="URL|STORY", help="An article's URL, or a story's id for all of it."),
]

holds_app = typer.Typer(
    help="Articles that wait for a person: taken down by their outlet, cut, or stripped of a name.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    app.command()(withdraw)
    holds_app.command("list")(list_holds)
    holds_app.command("release")(release)
    holds_app.command("withdraw")(withdraw_held)
    app.add_typer(holds_app, name="holds")


def withdraw(
    name: ArticleArgument,
    reason: ReasonOption,
    by: ByOption,
    purge: Annotated[
        bool,
        typer.Option("--purge", help="Take its records out of the archive as well, for good."),
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Take a withdrawal back, unless it was purged.")
    ] = False,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Takes an article out of sight everywhere, leaving an audited tombstone."""
    from zancrawler.runs import purging, withdrawing

    if purge and restore:
        raise typer.BadParameter("--purge cannot be restored; give one of the two")
    kept, catalogue = Archive.existing(archive), Catalogue.open(outlets)
    if purge:
        purging.refuse_gathered(kept)
    articles = withdrawing.find(kept, catalogue, name)
    if restore:
        restored = withdrawing.restore(kept, articles, catalogue, reason=reason, by=by)
        _print(restored, articles, kept, json)
        return
    decided = withdrawing.withdraw(kept, articles, reason=reason, by=by)
    if not purge:
        _print(decided, articles, kept, json)
        return
    purged = purging.purge(kept, articles, catalogue, reason=reason, by=by)
    if json:
        print_json(asdict(purged))
        _reach_store(kept, articles)
        return
    typer.echo(f"{purged.exchanges} exchanges were taken out; {kept.withdrawn} says which.")
    for package in purged.packages:
        typer.echo(f"Deleted, for it held them or is encrypted: {package}")
    for url in purged.others:
        typer.echo(f"Lost with them, the next crawl asks for it anew: {url}")
    _reach_store(kept, articles)


def list_holds(
    outlet: Annotated[str | None, typer.Option(help="Only this outlet.")] = None,
    why: Annotated[Why | None, typer.Option(help="Only what is held for this reason.")] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    json: JsonOption = False,
) -> None:
    """What waits for a decision, and why."""
    from zancrawler.runs.holding import holds
    from zancrawler.runs.provenance import require_held

    kept = Archive.existing(archive)
    require_held(kept, [outlet] if outlet else ())
    found = holds(kept, outlet, why)
    if json:
        print_json([asdict(hold) for hold in found])
        return
    screen = console()
    for hold in found:
        date = f"{hold.date_published:%Y-%m-%d}" if hold.date_published else "undated"
        marks = f" [{', '.join(hold.sensitivity)}]" if hold.sensitivity else ""
        screen.print(f"{hold.why}: {date}: {printable(hold.title or '-')}{marks}", markup=False)
        screen.print(f"  {printable(hold.url)}", markup=False, soft_wrap=True)
    screen.print(f"{len(found)} articles are held." if found else "Nothing is held.")


def release(
    reason: ReasonOption,
    by: ByOption,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL|STORY", help="Articles' URLs, or stories' ids for all of them."
        ),
    ] = None,
    outlet: Annotated[
        str | None, typer.Option(help="All of this outlet that are held for the reason of --why.")
    ] = None,
    why: Annotated[Why | None, typer.Option(help="As `holds list` says it.")] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Lets held articles be shown."""
    from zancrawler.runs import withdrawing

    kept, catalogue = Archive.existing(archive), Catalogue.open(outlets)
    if names and not (outlet or why):
        found = [known for name in names for known in withdrawing.find(kept, catalogue, name)]
    elif outlet and why and not names:
        found = withdrawing.held(kept, outlet, why)
    else:
        raise typer.BadParameter("give URL|STORY..., or --outlet and --why together")
    articles = list(dict.fromkeys(found))
    released = withdrawing.release(kept, articles, reason=reason, by=by)
    _print(released, articles, kept, json)


def withdraw_held(
    name: ArticleArgument,
    reason: ReasonOption,
    by: ByOption,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Withdraws a held article, as `zancrawler withdraw` does."""
    withdraw(name, reason, by, archive=archive, outlets=outlets, json=json)


def _reach_store(archive: Archive, articles: list[Known]) -> None:
    """Brings the archive's store up to what was decided. Exit 1 where that cannot be done now."""
    from zancrawler.storage.push import follow

    try:
        pushed = follow(archive)
    except ArchiveError as error:
        typer.echo(
            f"Decided here, but not in its store yet: {error}. Run `zancrawler store push`.",
            err=True,
        )
        raise typer.Exit(1) from error
    if pushed and pushed.keeps_versions:
        typer.echo(OLD_VERSIONS, err=True)
    if pushed and (waiting := {one.outlet for one in articles}.intersection(pushed.waiting)):
        names = ", ".join(sorted(waiting))
        typer.echo(
            f"The tables in its store are still those from before the decision. Run `zancrawler "
            f"store push` when the crawl of {names} ends.",
            err=True,
        )
        raise typer.Exit(1)


def _print(
    decided: tuple[Decided, ...], articles: list[Known], archive: Archive, json: bool
) -> None:
    words = {"withdraw": "Withdrawn", "restore": "Restored", "release": "Released"}
    if json:
        print_json([asdict(one) for one in decided])
    elif not decided:
        typer.echo("It was withdrawn already.")
    else:
        for one in decided:
            is_pending = one.progress == "pending"
            later = " (its tables follow when the running crawl ends)" if is_pending else ""
            typer.echo(f"{words[one.action]}{later}: {one.url}")
        typer.echo(f"Noted in {archive.withdrawn}.")
        for outlet in sorted({one.outlet for one in decided if one.progress == "no-ledger"}):
            typer.echo(
                f"The ledger of {outlet} is gone or damaged. Nothing is packed until it is made "
                f"again: `zancrawler rebuild --ledger {outlet}`.",
                err=True,
            )
    _reach_store(archive, articles)
