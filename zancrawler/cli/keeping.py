"""`zancrawler verify` and `zancrawler rebuild`: that the archive is sound, and making it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    ArchiveOption,
    JsonOption,
    OutletsOption,
    console,
    print_json,
)
from zancrawler.cli.replaying import DEFAULT_SAMPLE, verify_replay
from zancrawler.outlets import Catalogue
from zancrawler.runs.engines import Engine

if TYPE_CHECKING:
    from zancrawler.runs.rederive import Rebuilt


def register(app: typer.Typer) -> None:
    app.command()(verify)
    app.command()(rebuild)
    app.command()(migrate)


def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="WARC or WACZ files of anybody's; the archive if none is given."),
    ] = None,
    outlet: Annotated[list[str] | None, typer.Option(help="Only this outlet.")] = None,
    since_checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Show first that the log of proofs only grew since this checkpoint.",
        ),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option("--replay", help="Instead, look at a sample of articles in ReplayWeb.page."),
    ] = False,
    sample: Annotated[
        int, typer.Option(min=1, max=1000, help="How many articles `--replay` looks at.")
    ] = DEFAULT_SAMPLE,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Checks WARCs, indexes, and every row against its record. Exit 1 if anything is wrong."""
    if replay:
        if files:
            raise typer.BadParameter("--replay looks at the archive; give no files with it")
        catalogue = Catalogue.open(outlets)
        verify_replay(Archive.existing(archive), catalogue, outlet, sample, json)
        return
    from zancrawler.runs.provenance import require_held
    from zancrawler.runs.verify import (
        show_growth,
        show_signers,
        show_unread,
        verify_archive,
        verify_files,
    )

    if files:
        findings = verify_files(files)
    else:
        kept = Archive.existing(archive)
        require_held(kept, outlet or ())
        typer.echo(show_growth(kept, since_checkpoint), err=True)
        findings = verify_archive(kept, Catalogue.open(outlets), outlet)
    count = 0
    found = []
    for finding in findings:
        count += 1
        if json:
            found.append(asdict(finding))
        else:
            at = "" if finding.offset is None else f" at {finding.offset}"
            typer.echo(f"{finding.file}{at}: {finding.code}: {finding.message}")
    if json:
        print_json(found)
    else:
        typer.echo(f"{count} faults." if count else "Everything is in order.")
    if not files and (sentence := show_unread(kept, outlet)):
        typer.echo(sentence, err=True)
    if count:
        raise typer.Exit(1)
    for sentence in show_signers(files or ()):
        typer.echo(sentence, err=True)


def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets; all that the archive holds if none.")
    ] = None,
    ledger: Annotated[
        bool, typer.Option("--ledger", help="Make the ledger again as well.")
    ] = False,
    learn: Annotated[
        bool,
        typer.Option(
            "--learn",
            help="First learn what each outlet prints under many stories, and cut it from now on.",
        ),
    ] = False,
    adopt: Annotated[
        list[Path] | None,
        typer.Option(
            "--adopt", help="First take in this WARC or WACZ of somebody else's; may be repeated."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as cores if not given.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where pages are extracted; `datatrove` needs that extra.")
    ] = Engine.LOCAL,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    json: JsonOption = False,
) -> None:
    """Makes the tables again from the WARCs alone, over all cores."""
    from zancrawler.proofs.entry import Cause
    from zancrawler.runs.accounts import rebuild_accounts
    from zancrawler.runs.adopting import adopt as adopt_files
    from zancrawler.runs.entering import entering
    from zancrawler.runs.memories import forget_memory, learn_memory
    from zancrawler.runs.provenance import outlet_of, outlets_in, require_held
    from zancrawler.runs.rebuild import rebuild_index, rebuild_ledger
    from zancrawler.runs.rederive import rebuild_tables
    from zancrawler.runs.stories import refresh_stories

    catalogue = Catalogue.open(outlets)
    kept = Archive.open(archive) if adopt else Archive.existing(archive)
    for taken in adopt_files(kept, adopt or (), catalogue.all()):
        if not json:
            typer.echo(f"{taken.file}: answers of {_counts(taken.records) or 'no known outlet'}")
            if taken.strangers:
                typer.echo(f"  left out, of no known outlet: {_counts(taken.strangers)}")
    require_held(kept, names or ())
    chosen = [outlet_of(kept, name, catalogue) for name in names or outlets_in(kept)]
    done = []
    for outlet in chosen:
        held = kept.lock(outlet.name, "a rebuild")
        with held, entering(kept, [outlet.name], Cause.REBUILD):
            if learn:
                forget_memory(kept, outlet.name)
                _shown(rebuild_tables(kept, outlet, workers, engine), json)
                learn_memory(kept, outlet.name)
            last = _shown(rebuild_tables(kept, outlet, workers, engine), json)
            looks = rebuild_ledger(kept, outlet) if ledger else None
            rebuild_accounts(kept, outlet.name)
        exchanges, articles = last.exchanges, last.articles
        done.append(
            {
                "outlet": outlet.name,
                "exchanges": exchanges,
                "article_captures": articles,
                "ledger_looks": looks,
            }
        )
        if not json:
            typer.echo(f"{outlet.name}: {exchanges} exchanges, {articles} with an article")
    refresh_stories(kept, catalogue, [outlet.name for outlet in chosen])
    rebuild_index(kept)
    if json:
        print_json(done)


def _shown(steps: Iterator[Rebuilt], json: bool) -> Rebuilt:
    """Follows a rebuild to its end, on a terminal with a bar and the time that is left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    quiet = json or not console().is_terminal
    last = next(steps)
    with Progress(
        *columns, console=console(), disable=quiet, transient=True, speed_estimate_period=300
    ) as progress:
        task = progress.add_task(last.outlet, total=last.total, completed=last.extracted)
        for last in steps:
            progress.update(task, completed=last.extracted)
    return last


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def migrate(archive: ArchiveOption = DEFAULT_ARCHIVE, json: JsonOption = False) -> None:
    """Brings the tables of an older zancrawler to this one's columns."""
    from zancrawler.proofs.entry import Cause
    from zancrawler.runs.entering import entering
    from zancrawler.runs.provenance import outlets_in
    from zancrawler.runs.verify import count_unread
    from zancrawler.tables.migrate import migrate as migrate_tables

    kept = Archive.existing(archive)
    with entering(kept, outlets_in(kept), Cause.MIGRATION):
        names = migrate_tables(kept, "a migration")
    if unread := count_unread(kept):
        typer.echo(
            f"{unread:,} rows of articles and versions were read by another version of the "
            "extractor: run `zancrawler rebuild` before the next crawl, for what is read otherwise "
            "now would look like an edit.",
            err=True,
        )
    if json:
        print_json(list(names))
    else:
        typer.echo(f"Rewritten: {', '.join(names)}" if names else "All tables are up to date.")
