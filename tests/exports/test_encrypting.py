"""Packages that are encrypted with age, opened again with the key."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pyrage
import pytest
import small_archive
from typer.testing import CliRunner

import zancrawler
from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.wacz import check_wacz
from zancrawler.cli import app
from zancrawler.exports.encrypting import Recipients

WORDS = b"sixty books in two baskets"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("encrypted") / "archive")
    small_archive.make(archive)
    return archive


@pytest.fixture(scope="module")
def key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def run(archive: Archive, *arguments: object) -> str:
    told = ["export", *map(str, arguments), "--archive", str(archive.root)]
    result = CliRunner().invoke(app, told, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def opened(path: Path, key: pyrage.x25519.Identity) -> bytes:
    data = path.read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n") and WORDS not in data
    return bytes(pyrage.decrypt(data, [key]))


def files_in(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as inside:
        return {name: inside.read(name) for name in inside.namelist()}


def test_a_wacz_is_the_same_package_once_it_is_opened(
    archive: Archive, key: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    run(archive, "wacz", "--out", tmp_path / "plain.wacz")
    run(archive, "wacz", "--out", tmp_path / "x.wacz", "--encrypt-to", key.to_public())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain.wacz", "x.wacz.age"]
    (tmp_path / "opened.wacz").write_bytes(opened(tmp_path / "x.wacz.age", key))
    assert list(check_wacz(tmp_path / "opened.wacz")) == []
    plain, ours = (zipfile.ZipFile(tmp_path / name) for name in ("plain.wacz", "opened.wacz"))
    assert {n: plain.read(n) for n in plain.namelist()} == {
        n: ours.read(n) for n in ours.namelist()
    }


def test_lines_and_a_data_set(
    archive: Archive, key: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    to = ("--encrypt-to", key.to_public())
    run(archive, "jsonl", "--out", tmp_path / "a.jsonl", *to)
    lines = opened(tmp_path / "a.jsonl.age", key).splitlines()
    assert len([json.loads(line) for line in lines]) == 3
    run(archive, "csv", "--out", tmp_path / "a.csv", *to)
    assert WORDS in opened(tmp_path / "a.csv.age", key)
    run(archive, "dataset", "--profile", "private", "--out", tmp_path / "set", *to)
    with tarfile.open(fileobj=io.BytesIO(opened(tmp_path / "set.tar.age", key))) as inside:
        assert "set/data/articles/tester.parquet" in inside.getnames()
    assert len(list(tmp_path.iterdir())) == 3
    assert list((archive.root / "datasets").iterdir()) == []


def test_two_readers_can_open_it_and_nobody_else(
    archive: Archive, key: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    other, stranger = (pyrage.x25519.Identity.generate() for _ in range(2))
    to = ("--encrypt-to", key.to_public(), "--encrypt-to", other.to_public())
    run(archive, "jsonl", "--out", tmp_path / "a", *to)
    assert opened(tmp_path / "a.age", key) == opened(tmp_path / "a.age", other)
    with pytest.raises(pyrage.DecryptError):
        opened(tmp_path / "a.age", stranger)


def test_a_secret_key_is_refused_and_not_repeated(key: pyrage.x25519.Identity) -> None:
    with pytest.raises(ArchiveError, match="no public key") as failure:
        Recipients([str(key)])
    assert str(key) not in str(failure.value)


def test_without_the_extra_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(ArchiveError, match=r"pip install 'zancrawler\[age\]'"):
        Recipients(["age1"])


def test_a_fault_leaves_nothing(key: pyrage.x25519.Identity, tmp_path: Path) -> None:
    recipients = Recipients([str(key.to_public())])
    with pytest.raises(RuntimeError), recipients.writing(tmp_path / "a.age") as file:
        file.write(WORDS * 100_000)
        raise RuntimeError
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with (
            pytest.raises(ArchiveError, match="cannot write"),
            recipients.writing(tmp_path / "a.age") as file,
        ):
            file.write(WORDS * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


BIG = """
import resource, sys
from pathlib import Path
from zancrawler.exports.encrypting import Recipients
piece = bytes(1 << 20)
with Recipients([sys.argv[1]]).writing(Path(sys.argv[2])) as file:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        file.write(piece)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_it_streams(key: pyrage.x25519.Identity, tmp_path: Path) -> None:
    told = [sys.executable, "-c", BIG, str(key.to_public()), str(tmp_path / "big.age")]
    env = os.environ | {"PYTHONPATH": str(Path(zancrawler.__file__).parents[1])}
    done = subprocess.run(told, env=env, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 20_000
    assert (tmp_path / "big.age").stat().st_size > 200 << 20
