"""Where records come from, as the archive's own warcinfo records say."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from zancrawler.archive import Archive, UsageError
from zancrawler.capture.reader import read_records
from zancrawler.outlets import Catalogue, Outlet, UnknownOutletError, parse_outlet
from zancrawler.storage.pruned import closed_warcs


def warcs_of(archive: Archive, outlet: str) -> list[Path]:
    """The outlet's WARCs by their final names, oldest first."""
    folder = archive.warcs(outlet)
    growing = {p.with_name(p.name.removesuffix(".open")) for p in folder.glob("*/*.warc.gz.open")}
    return sorted({*closed_warcs(folder), *growing})


def outlets_in(archive: Archive) -> list[str]:
    """The outlets that the archive holds WARCs or rows of."""
    folders = [*(archive.root / "warc").glob("*"), *archive.table("captures").glob("site=*")]
    return sorted({folder.name.removeprefix("site=") for folder in folders if folder.is_dir()})


def require_held(archive: Archive, names: Iterable[str]) -> None:
    """Raises UsageError for the first outlet of which the archive holds nothing."""
    held = outlets_in(archive)
    for name in names:
        if name not in held:
            raise UsageError(
                f"the archive holds nothing of '{name}'; it has {', '.join(held) or 'no outlet'}"
            )


def warcinfo_of(warc: Path) -> dict[str, str]:
    """The fields of a WARC's first record, folded lines joined; empty where it is no warcinfo."""
    fields: dict[str, str] = {}
    for record in islice(read_records(warc), 1):
        if record.type == "warcinfo":
            text = record.block.decode("utf-8", "replace").replace("\r\n ", "\n")
            pairs = (line.partition(":") for line in text.split("\r\n"))
            fields = {name: value.strip(" ") for name, colon, value in pairs if colon}
    return fields


def crawl_id_of(warc: Path) -> str:
    """The run that wrote a WARC, as its warcinfo says; the file's own name where it does not."""
    return warcinfo_of(warc).get("isPartOf") or warc.name.removesuffix(".warc.gz")


def outlet_of(archive: Archive, name: str, catalogue: Catalogue) -> Outlet:
    """The outlet from the catalogue or, where that has none, as the newest WARC keeps it.

    So an archive can be read and rebuilt by somebody who was handed nothing else. Raises
    UnknownOutletError, or OutletError for a file of the catalogue that is at fault.
    """
    try:
        return catalogue.get(name)
    except UnknownOutletError:
        for warc in reversed(warcs_of(archive, name)):
            if kept := warcinfo_of(warc).get("outletToml"):
                return parse_outlet(name, kept, where=f"the outlet kept in {warc.name}")
        raise
