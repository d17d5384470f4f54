"""`zancrawler schedule`: every outlet at its own pace; or the units for systemd or cron."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from zancrawler.archive import Archive
from zancrawler.cli.printing import (
    DEFAULT_ARCHIVE,
    AnonymousOption,
    ArchiveOption,
    ContactOption,
    OutletsOption,
    json_line,
)
from zancrawler.cli.status import HookCommandOption, HookUrlOption
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions

if TYPE_CHECKING:
    from zancrawler.cluster.worker import Worker
    from zancrawler.runs.notices import Event


class Engine(StrEnum):
    """What spreads the outlets' runs."""

    LOCAL = "local"
    LEASES = "leases"


def register(app: typer.Typer) -> None:
    app.command()(schedule)


def schedule(
    names: Annotated[
        list[str] | None, typer.Argument(help="Outlets by name; every active one if none is given.")
    ] = None,
    archive: ArchiveOption = DEFAULT_ARCHIVE,
    outlets: OutletsOption = None,
    contact: ContactOption = None,
    anonymous: AnonymousOption = False,
    engine: Annotated[
        Engine,
        typer.Option(help="`leases`: one of many workers that share a store; needs --store."),
    ] = Engine.LOCAL,
    store: Annotated[
        str | None,
        typer.Option(metavar="URI", help="The workers' store: s3://BUCKET/FOLDER or a folder."),
    ] = None,
    hook_command: HookCommandOption = None,
    hook_url: HookUrlOption = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Serve metrics for Prometheus here; needs prometheus-client."
        ),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option(help="The address to serve them on; this machine's own if not given.")
    ] = "127.0.0.1",
    print_systemd: Annotated[
        bool, typer.Option("--print-systemd", help="Print units for systemd, and run nothing.")
    ] = False,
    print_cron: Annotated[
        bool, typer.Option("--print-cron", help="Print lines for a crontab, and run nothing.")
    ] = False,
    json: Annotated[
        bool,
        typer.Option("--json", "--log-json", help="One JSON object a line in place of words."),
    ] = False,
) -> None:
    """Crawls for ever, each outlet at its own pace. Ctrl-C or SIGTERM ends it within 10 seconds."""
    from zancrawler.runs.hooks import Hook
    from zancrawler.runs.metrics import Metrics
    from zancrawler.runs.schedule import Schedule, stop_on_signals
    from zancrawler.runs.units import Units

    if (engine is Engine.LEASES) != (store is not None):
        raise typer.BadParameter("--engine leases and --store URI go together")
    if store is not None and (print_systemd or print_cron):
        raise typer.BadParameter("the units run outlets of one machine alone; leave --store out")
    catalogue = Catalogue.open(outlets)
    chosen = catalogue.chosen(names)
    options = CrawlOptions(contact=contact, anonymous=anonymous, log_level="ERROR")
    options.require_named(chosen)
    if print_systemd or print_cron:
        units = Units(archive, outlets, contact)
        asked = [outlet.name for outlet in chosen]
        texts = {"systemd": units.systemd(asked)} if print_systemd else {}
        texts |= {"cron": units.cron(asked)} if print_cron else {}
        typer.echo(json_line(texts) if json else "\n".join(texts.values()))
        return
    hook = Hook(hook_command, hook_url)
    runner: Schedule | Worker
    if store is None:
        runner = Schedule(Archive.open(archive), chosen, options, outlets, hook)
    else:
        from zancrawler.cluster.worker import Worker

        runner = Worker(store, archive.absolute(), chosen, options, outlets, hook, catalogue.all())
    metrics = Metrics.serve(metrics_host, metrics_port) if metrics_port else None
    with stop_on_signals() as stop:
        for event in runner.events(stop):
            typer.echo(json_line(event.as_json()) if json else _line(event))
            if metrics:
                metrics.take(event)


def _line(event: Event) -> str:
    return f"{event.at:%Y-%m-%d %H:%M:%S} {event.kind.value:8} {event.message}"
