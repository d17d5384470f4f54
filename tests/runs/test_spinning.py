"""A record over which the readers never end does not hold up a rebuild for ever."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from spinning import Spinning

from benchmarks.engines.pages import OUTLET, TOML, write_archive
from zancrawler.archive import Archive, ArchiveError
from zancrawler.outlets import parse_outlet
from zancrawler.runs.engines import Engine
from zancrawler.runs.engines.making import make_parts
from zancrawler.runs.parts import SECONDS, Extraction
from zancrawler.runs.spans import spans_of


@pytest.mark.parametrize("engine", Engine)
def test_a_span_over_which_a_worker_spins_is_named(tmp_path: Path, engine: Engine) -> None:
    if engine is Engine.DATATROVE:
        pytest.importorskip("datatrove")
    archive = write_archive(tmp_path, 150, ballast=0)
    outlet = parse_outlet(OUTLET, TOML, where="a test")
    made = Extraction.of(archive, outlet, Archive(tmp_path / "staging"))
    made.parts.mkdir(parents=True)
    spinning = Spinning(*(getattr(made, field.name) for field in fields(made)))
    first, second = spans_of(archive, OUTLET)
    place = f"{second.warc_filename}, bytes {second.offset} to {second.end}"
    if engine is Engine.DATATROVE:
        place = f"{second.warc_filename} at byte {second.offset}"
    done = []
    with pytest.raises(ArchiveError, match=f"more than {SECONDS // 60} minutes.* {place}"):
        done.extend(make_parts(engine, spinning, [first, second], 1))
    assert spinning.has(first) and not spinning.has(second)
    earlier, later = map(int, (tmp_path / "staging" / "given").read_text().split())
    assert earlier < later, "each span is given its own"
