"""A purge leaves nothing behind that it cannot look into or reach."""

from __future__ import annotations

from pathlib import Path

import small_archive
from typer.testing import CliRunner

from zancrawler.archive import Archive
from zancrawler.cli import app


def purge(archive: Archive, folder: Path) -> tuple[int, str]:
    (folder / "outlets").mkdir()
    (folder / "outlets" / "tester.toml").write_text(small_archive.TOML)
    url = small_archive.story("library").url
    told = ["withdraw", url, "--purge", "--reason", "safety", "--by", "steward"]
    result = CliRunner().invoke(
        app, [*told, "--archive", str(archive.root), "--outlets", str(folder / "outlets")]
    )
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_no_encrypted_package_stays(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    small_archive.make(archive)
    packages = ["datasets/2026/research.tar.age", "datasets/set.age", "wacz/a.wacz.age"]
    for name in packages:
        (archive.root / name).parent.mkdir(parents=True, exist_ok=True)
        (archive.root / name).write_bytes(b"age-encryption.org/v1\n")
    (archive.root / "datasets" / "notes.txt").write_text("A steward's own.")
    code, said = purge(archive, tmp_path)
    assert code == 0, said
    for name in packages:
        assert name in said and not (archive.root / name).exists()
    assert (archive.root / "datasets" / "notes.txt").exists()
