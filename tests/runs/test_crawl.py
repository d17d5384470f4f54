"""Outlets that share a host are asked one after the other; how a run's process ends is believed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
import small_archive
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.archive import Archive
from zancrawler.outlets import Catalogue, Outlet
from zancrawler.runs.crawl import CrawlOptions, by_host, crawl
from zancrawler.runs.summary import RunState, RunSummary


def outlet(name: str, *hosts: str) -> Outlet:
    return replace(Catalogue.open().get("zannews"), name=name, domains=hosts)


def test_the_two_of_one_host_are_a_group() -> None:
    bbc = [Catalogue.open().get(name) for name in ("bbc-persian", "zannews", "bbc-pashto")]
    assert sorted(map(sorted, by_host(bbc))) == [["bbc-pashto", "bbc-persian"], ["zannews"]]


def test_a_third_joins_two_groups() -> None:
    outlets = [outlet("a", "one"), outlet("b", "two"), outlet("c", "one", "two")]
    assert by_host(outlets) == [["b", "a", "c"]] or by_host(outlets) == [["a", "b", "c"]]


@given(st.lists(st.lists(st.sampled_from("vwxyz"), min_size=1, max_size=3), max_size=8))
def test_no_host_is_in_two_groups(hosts: list[list[str]]) -> None:
    outlets = [outlet(f"n{number}", *own) for number, own in enumerate(hosts)]
    groups = by_host(outlets)
    assert sorted(chain(*groups)) == sorted(each.name for each in outlets)
    theirs = [{h for o in outlets if o.name in group for h in o.domains} for group in groups]
    assert sum(map(len, theirs)) == len(set().union(*theirs))


@pytest.mark.parametrize(
    ("state", "code", "last"),
    [
        ("finished", 0, "finished"),
        ("finished", 1, "failed"),
        ("stopped", -9, "failed"),
        ("blocked", 1, "blocked"),
        ("running", 0, "failed"),
        (None, 0, "failed"),
    ],
)
def test_a_run_that_breaks_after_its_last_word_has_failed(
    tmp_path: Path, python: Callable[[str], None], state: str | None, code: int, last: str
) -> None:
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "tester.toml").write_text(small_archive.TOML)
    said = ""
    if state:
        summary = RunSummary("tester", "a", RunState(state), datetime.now(UTC))
        said = f"print({json.dumps(summary.as_json(), default=str)!r})"
    end = f"sys.exit({code})" if code >= 0 else f"os.kill(os.getpid(), {-code})"
    python(f"import os, sys\n{said}\nsys.stdout.flush()\n{end}")
    *_, found = crawl(
        Archive.open(tmp_path), ["tester"], CrawlOptions(), outlets=tmp_path / "outlets"
    )
    assert found.state == last
    assert (found.reason is None) == (state == last)


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a program in the place of the Python that runs an outlet."""

    def write(program: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\n{program}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return write
