"""A mistake has one exit code, 2, and one sentence, whichever command it is made with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from zancrawler.cli import main

BY = ("--reason", "safety", "--by", "an editor")
URL = "https://example.org/a"
OF_AN_ARCHIVE = (
    ("status",),
    ("coverage",),
    ("diff", URL),
    ("stories",),
    ("story", URL),
    ("search", "word"),
    ("verify",),
    ("rebuild",),
    ("migrate",),
    ("prove", URL),
    ("checkpoint",),
    ("withdraw", URL, *BY),
    ("holds", "list"),
    ("holds", "release", URL, *BY),
    ("holds", "withdraw", URL, *BY),
    ("store", "push", "s3://bucket/folder"),
    ("store", "check"),
    ("store", "prune"),
    ("cluster", "decide", "folder"),
    ("export", "wacz"),
    ("export", "dataset"),
    ("export", "jsonl"),
    ("export", "csv"),
    ("browse",),
    ("report",),
)
OF_AN_OUTLET = (
    ("crawl", "nope", "--anonymous"),
    ("schedule", "nope", "--anonymous"),
    ("capture", URL, "--outlet", "nope", "--anonymous"),
    ("status", "nope"),
    ("coverage", "nope"),
    ("rebuild", "nope"),
    ("verify", "--outlet", "nope"),
    ("search", "word", "--outlet", "nope"),
    ("holds", "list", "--outlet", "nope"),
    ("export", "wacz", "--outlet", "nope"),
    ("export", "dataset", "--outlet", "nope"),
    ("export", "jsonl", "--outlet", "nope"),
    ("export", "csv", "--outlet", "nope"),
)
OF_A_FILE = (
    ("extract", "none", "--url", URL),
    ("extract", "--batch", "none"),
    ("verify", "none"),
    ("verify", "--since-checkpoint", "none"),
    ("prove", URL, "--checkpoint", "none"),
    ("rebuild", "--adopt", "none"),
    ("export", "wacz", "--sign", "key.pem", "--certificate", "none", "--tsa", "http://[::1]:9/"),
)
OTHERS = (
    ("newsroom", "nope"),
    ("outlets", "show", "nope"),
    ("store", "push", "s3://"),
    ("store", "check"),
    ("status", "--hook-url", "nope"),
    ("coverage", "--month", "nope"),
    ("extract", "page", "--url", URL, "--captured-at", "nope"),
    ("export", "jsonl", "--encrypt-to", "nope", "--out", "x"),
)


def mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> str:
    """What is said of it."""
    monkeypatch.setattr(sys, "argv", ["zancrawler", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 2, (arguments, ended.value.code, said)
    return said


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With nothing in it; we stand beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "archive" / "tables" / "captures" / "site=mine").mkdir(parents=True)
    return tmp_path / "archive"


@pytest.mark.parametrize("command", OF_AN_ARCHIVE, ids=" ".join)
def test_a_folder_that_is_no_archive(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    said = mistake(monkeypatch, capsys, *command, "--archive", tmp_path / "none")
    assert "holds no archive" in said


@pytest.mark.parametrize("command", OF_AN_OUTLET, ids=" ".join)
def test_an_outlet_that_there_is_not(
    command: tuple[str, ...],
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "nope" in mistake(monkeypatch, capsys, *command, "--archive", archive)


@pytest.mark.parametrize("command", [*OF_A_FILE, *OTHERS], ids=" ".join)
def test_a_file_or_a_thing_that_there_is_not(
    command: tuple[str, ...],
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mistake(monkeypatch, capsys, *command)
    assert {path.name for path in archive.parent.iterdir()} <= {"archive", "key.pem"}


@pytest.mark.parametrize("command", ["crawl", "export wacz", "search word"])
def test_a_day_that_is_none(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = mistake(monkeypatch, capsys, *command.split(), "--since", "nope")
    assert "write one as 2026-11-30" in said


def test_the_outlets_of_the_newsroom(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = mistake(monkeypatch, capsys, "crawl", "newsroom-wix", "--anonymous")
    assert "`zancrawler newsroom` serves its own" in said


@pytest.mark.parametrize("command", ["crawl", "status"])
def test_an_archive_that_is_a_file(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    end = ("--archive", tmp_path / "file", *(["--anonymous"] if command == "crawl" else []))
    mistake(monkeypatch, capsys, command, "zannews", *end)
