"""The archive at a glance as one file that stands alone, for a mail or a meeting.

The same archive gives the same bytes: it is dated, and its alarms are judged, at the moment when
the archive last captured an article. What concerns this machine alone, such as a full disk, is
left out.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from zancrawler.archive import Archive, ArchiveError, put_durably
from zancrawler.browse.export import Export
from zancrawler.browse.glance import counts, last_moment, standing
from zancrawler.browse.server import NoDatasetteError
from zancrawler.outlets import Catalogue


def report(archive: Archive, catalogue: Catalogue) -> str:
    """The HTML. Raises NoDatasetteError, and ArchiveError for an archive without articles."""
    try:
        from jinja2 import Environment, FileSystemLoader
        from markupsafe import Markup

        from zancrawler.browse.templating import STATIC, TEMPLATES, dress
    except ImportError as error:
        raise NoDatasetteError from error
    with Export.to_look(archive) as export:
        export.refresh()
        stands = standing(archive, catalogue, last_moment(archive, export))
        counted = counts(export)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    dress(environment)
    return environment.get_template("report.html").render(
        counts=counted,
        standing=replace(stands, archive_alarms=()),
        style=Markup((STATIC / "browse.css").read_text(encoding="utf-8")),
    )


def write_report(archive: Archive, catalogue: Catalogue, path: Path) -> None:
    """Puts it at `path`, durably. Raises what `report` does, and ArchiveError for that place."""
    html = report(archive, catalogue)
    try:
        with put_durably(path) as temporary:
            temporary.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(
            f"cannot write {path} ({error.strerror}); name another file with --out"
        ) from error
