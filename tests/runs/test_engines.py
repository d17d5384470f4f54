"""`zancrawler rebuild` by several processes, any of which may be killed: the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crawled_newsroom import zancrawler
from killing import digests, ended, kill_workers, rebuilding, workers

from benchmarks.engines.pages import OUTLET, TOML, write_archive
from zancrawler.archive import Archive, ArchiveError
from zancrawler.capture.reader import read_exchanges
from zancrawler.outlets import parse_outlet
from zancrawler.runs.engines.processes import DEATHS, make_in_processes
from zancrawler.runs.parts import MEMORY, Extraction
from zancrawler.runs.spans import EXCHANGES, spans_of

ENGINES = ["local", "datatrove"]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return write_archive(tmp_path_factory.mktemp("few"), 250, ballast=0)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, dict[str, str]]:
    """An archive, and the tables that one process makes of it when nobody disturbs it."""
    archive = write_archive(tmp_path_factory.mktemp("many"), 600, ballast=0)
    whole = copied(archive, tmp_path_factory.mktemp("whole"))
    zancrawler("rebuild", "--workers", 1, "--archive", whole.root)
    return archive, digests(whole.root)


def copied(archive: Archive, target: Path) -> Archive:
    shutil.copytree(archive.root, target, dirs_exist_ok=True)
    return Archive(target)


def extraction(archive: Archive, staging: Path) -> Extraction:
    outlet = parse_outlet(OUTLET, TOML, where="a test")
    made = Extraction.of(archive, outlet, Archive(staging))
    made.parts.mkdir(parents=True)
    return made


def exchanges(archive: Archive) -> list[int]:
    return [
        exchange.offset
        for span in spans_of(archive, OUTLET)
        for exchange in read_exchanges(archive.root / span.warc_filename, span.offset, span.end)
    ]


def test_spans_hold_each_exchange_once_with_an_index_or_without(
    few: Archive, tmp_path: Path
) -> None:
    archive = copied(few, tmp_path)
    indexed = list(spans_of(archive, OUTLET))
    assert len(indexed) == 3
    (warc,) = archive.warcs(OUTLET).glob("*/*.warc.gz")
    whole = list(read_exchanges(warc))
    assert exchanges(archive) == [exchange.offset for exchange in whole]
    archive.cdxj(warc).unlink()
    assert exchanges(archive) == [exchange.offset for exchange in whole]
    # Offsets that are no record's: those of an index of another file.
    archive.cdxj(warc).write_bytes(
        b"".join(
            b'com,a)/ 20260101000000 {"url":"http://a.com/","digest":"-","length":"9",'
            b'"offset":"%d","filename":"a"}\n' % (7 + number)
            for number in range(4 * EXCHANGES)
        )
    )
    assert exchanges(archive) == [exchange.offset for exchange in whole]


def test_records_that_do_not_say_what_belongs_together_are_read_through(tmp_path: Path) -> None:
    """As old writers left them: an index tells of the answers, and cutting there would part each
    from its request."""
    archive = Archive.open(tmp_path)
    warc = archive.warcs(OUTLET) / "2010" / "old.warc"
    warc.parent.mkdir(parents=True)
    offsets, content = [], b""
    for _ in range(2 * EXCHANGES + 10):
        content += record("request", b"GET / HTTP/1.1\r\nHost: posts.example\r\n\r\n")
        offsets.append(len(content))
        content += record("response", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    warc = warc.with_name("old.warc.gz")
    warc.write_bytes(content)
    index = archive.cdxj(warc)
    index.parent.mkdir(parents=True)
    index.write_bytes(
        b"".join(
            b'example,posts)/ 20100101000000 {"url":"http://posts.example/","digest":"-",'
            b'"length":"9","offset":"%d","filename":"old.warc.gz"}\n' % offset
            for offset in offsets
        )
    )
    assert exchanges(archive) == [exchange.offset for exchange in read_exchanges(warc)]
    assert len(exchanges(archive)) == len(offsets)


def record(kind: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://posts.example/\r\n"
        "WARC-Date: 2010-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-"
        f"000000000000>\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def test_a_part_is_what_was_derived_and_is_made_once(few: Archive, tmp_path: Path) -> None:
    made = extraction(few, tmp_path)
    span = list(spans_of(few, OUTLET))[-1]
    made.make(span)
    (path,) = made.parts.rglob("*.parquet")
    before = path.stat().st_mtime_ns
    part = made.read(span)
    assert [row["url"] for row in part.captures] == [row["url"] for row in part.articles]
    assert len(part.captures) == 50
    made.make(span)
    assert path.stat().st_mtime_ns == before
    made.empty(span)
    assert made.has(span)
    assert made.read(span).captures == []


def test_a_worker_of_other_code_makes_nothing(few: Archive, tmp_path: Path) -> None:
    other = extraction(few, tmp_path)
    object.__setattr__(other, "version", "0" * 64)
    with pytest.raises(ArchiveError, match="install the same everywhere"):
        other.make(next(spans_of(few, OUTLET)))
    assert not list(other.parts.rglob("*.parquet"))


def test_what_cannot_be_written_ends_it_with_a_sentence(few: Archive, tmp_path: Path) -> None:
    made = extraction(few, tmp_path)
    (made.parts / "warc").write_text("in the way")
    with pytest.raises(ArchiveError, match=r"exists|Not a directory"):
        list(make_in_processes(made, list(spans_of(few, OUTLET)), 1))


def test_a_span_over_which_every_worker_dies_is_named(few: Archive, tmp_path: Path) -> None:
    made = extraction(few, tmp_path)
    span = next(spans_of(few, OUTLET))
    over = threading.Event()

    def kill_all() -> None:
        while not over.is_set():
            for pid in workers(os.getpid(), "local"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(ArchiveError, match=rf"{DEATHS} workers died over {span.warc_filename}"):
            list(make_in_processes(made, [span], 1))
    finally:
        over.set()
        killer.join()


def test_without_datatrove_one_sentence_says_what_to_install(few: Archive, tmp_path: Path) -> None:
    archive = copied(few, tmp_path)
    program = (
        "import sys; sys.modules['datatrove'] = None; from zancrawler.cli import main; "
        f"sys.argv = ['zancrawler', 'rebuild', '--engine', 'datatrove', '--archive', "
        f"{str(archive.root)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "zancrawler: datatrove is not installed; install it with: "
        "pip install 'zancrawler[datatrove]'\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_killed_workers_change_nothing(
    many: tuple[Archive, dict[str, str]], tmp_path: Path, engine: str
) -> None:
    if engine == "datatrove":
        pytest.importorskip("datatrove")
    archive = copied(many[0], tmp_path)
    run = rebuilding(archive.root, engine)
    assert kill_workers(run, engine, kills=3 if engine == "local" else 1, seed=1)
    ended(run)
    assert digests(archive.root) == many[1]


@pytest.mark.slow
def test_a_killed_rebuild_goes_on_where_it_was(
    many: tuple[Archive, dict[str, str]], tmp_path: Path
) -> None:
    archive = copied(many[0], tmp_path)
    parts = archive.tables / ".rebuild" / OUTLET / "parts"
    run = rebuilding(archive.root, "local")
    while len(list(parts.rglob("[0-9]*.parquet"))) < 3:
        time.sleep(0.02)
    limits = Path(f"/proc/{workers(run.pid, 'local')[0]}/limits").read_text()
    assert f"Max data size             {MEMORY}" in limits
    run.send_signal(signal.SIGKILL)
    run.communicate()
    made = {path: path.stat().st_ino for path in parts.rglob("[0-9]*.parquet")}
    before = {path: path.stat().st_mtime_ns for path in made}
    again = rebuilding(archive.root, "local")
    seen: dict[Path, int] = {}
    while again.poll() is None and parts.exists():
        for path in made:
            try:
                status = path.stat()
            except OSError:
                continue
            if status.st_size:
                seen[path] = status.st_mtime_ns
    ended(again)
    assert seen
    assert all(before[path] == at for path, at in seen.items()), "made again"
    assert digests(archive.root) == many[1]
    assert not (archive.tables / ".rebuild").exists()


_KILLED_AFTER = """
import os, signal, sys
from zancrawler.cli import main
from zancrawler.runs import rederive

left, exchange = int(sys.argv.pop(1)), rederive.exchange

def dying(built, place):
    global left
    exchange(built, place)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

rederive.exchange = dying
main()
"""


@pytest.mark.slow
def test_killed_while_tables_change_places_no_old_table_comes_back(
    few: Archive, tmp_path: Path
) -> None:
    archive = copied(few, tmp_path)
    zancrawler("rebuild", "--archive", archive.root)
    right = digests(archive.root)
    for path in archive.tables.rglob("*.parquet"):
        rows = pq.read_table(path)
        if "title" in rows.column_names:
            old = pa.array(["as it was read before"] * len(rows))
            rows = rows.set_column(rows.schema.get_field_index("title"), rows.field("title"), old)
            pq.write_table(rows, path)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_AFTER, "2", "rebuild", "--archive", archive.root],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    zancrawler("rebuild", "--archive", archive.root)
    assert digests(archive.root) == right


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_thirty_kills_change_nothing(tmp_path_factory: pytest.TempPathFactory, engine: str) -> None:
    if engine == "datatrove":
        pytest.importorskip("datatrove")
    archive = write_archive(tmp_path_factory.mktemp("long"), 3_000, ballast=0)
    whole = copied(archive, tmp_path_factory.mktemp("undisturbed"))
    zancrawler("rebuild", "--archive", whole.root)
    killed, seed = 0, 0
    while killed < 30:
        seed += 1
        run = rebuilding(archive.root, engine)
        killed += kill_workers(run, engine, kills=30 - killed, seed=seed)
        if run.poll() is None and killed < 30:
            os.kill(run.pid, signal.SIGKILL)
        ended(run)
        assert digests(archive.root) == digests(whole.root)
