"""Workers as processes: outlets shared, handed on, taken over; no host asked by two."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from crawled_newsroom import zancrawler
from workers import Cluster, kill, one_at_a_time, rows

from zancrawler.archive import Archive
from zancrawler.cluster.lease import Lease, Leases
from zancrawler.cluster.worker import Worker
from zancrawler.newsroom import Newsroom, serve
from zancrawler.outlets import Catalogue
from zancrawler.runs.crawl import CrawlOptions
from zancrawler.runs.notices import Event, EventKind
from zancrawler.runs.schedule import Stop
from zancrawler.storage.shelf import shelf_of
from zancrawler.tables import read

SMALL = "newsroom-mirror"
OUTLETS = ("newsroom-plain", "newsroom-drupal", "newsroom-pangea", "newsroom-nextjs")
"""None of them answers otherwise the second time, as some pages of the others do."""
SPACING = 0.3
TERM = 20.0
"""Long enough for a machine that is busy with other tests."""


def slowed(newsroom: Newsroom) -> Newsroom:
    """Outlets that want to be asked slowly."""
    for path in newsroom.catalogue.glob("*.toml"):
        text = path.read_text()
        assert "delay = 0," in text
        path.write_text(text.replace("delay = 0,", f"delay = {SPACING},"))
    return newsroom


def undisturbed(newsroom: Newsroom, folder: Path) -> Archive:
    """What one machine makes of it, in peace."""
    catalogue = folder / "outlets"
    shutil.copytree(newsroom.catalogue, catalogue)
    for path in catalogue.glob("*.toml"):
        path.write_text(path.read_text().replace(f"delay = {SPACING},", "delay = 0,"))
    archive = folder / "archive"
    zancrawler("crawl", *newsroom.homes, "--archive", archive, "--outlets", catalogue)
    return Archive(archive)


def gathered(cluster: Cluster) -> Archive:
    whole = cluster.root / "whole"
    zancrawler("cluster", "gather", cluster.store, "--archive", whole)
    zancrawler("verify", "--archive", whole, "--outlets", cluster.newsroom.catalogue)
    return Archive(whole)


def same(found: Archive, wanted: Archive) -> None:
    """Row for row, none doubled, none missing."""
    for table in ("articles", "versions"):
        assert rows(found, table) == rows(wanted, table)
    captures = read.open(found).captures()
    assert len(set(captures["warc_record_id"].to_pylist())) == len(captures)
    answered, there = (
        {
            row["url"]
            for row in read.open(archive).captures().to_pylist()
            if row["fetch_status"] == 200
        }
        for archive in (found, wanted)
    )
    assert answered == there


@pytest.mark.slow
def test_a_worker_on_the_command_line_runs_pushes_and_ends_when_told(tmp_path: Path) -> None:
    with serve(outlets=[SMALL]) as newsroom:
        cluster = Cluster(str(tmp_path / "store"), newsroom, tmp_path)
        with closing(cluster):
            worker = cluster.start("a")
            cluster.until(lambda: worker.events("waits"))
            cluster.until(lambda: not Leases(shelf_of(cluster.store), "", "").all()[0].holder)
            assert worker.stop() == 0
        kinds = [event["event"] for event in worker.events()]
        assert kinds == ["started", "ended", "waits", "stopping", "stopped"]
        (lease,) = json.loads(zancrawler("cluster", "leases", cluster.store, "--json"))
        assert (lease["name"], lease["holder"], lease["gaps"]) == (SMALL, None, [])
        assert lease["next"][SMALL]["due"] > datetime.now(UTC).isoformat()
        whole = gathered(cluster)
        assert read.open(whole).articles().num_rows == len(newsroom.truth())


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    with serve(outlets=[SMALL]) as newsroom:
        outlets = [Catalogue.open(newsroom.catalogue).get(SMALL)]
        yield lambda **more: Worker(
            str(tmp_path / "store"),
            tmp_path / "work",
            outlets,
            CrawlOptions(log_level="ERROR"),
            newsroom.catalogue,
            **more,
        )


def test_a_lost_lease_is_taken_over_and_a_stop_gives_it_back(
    alone: Callable[..., Worker], tmp_path: Path
) -> None:
    """In one process but for the run, which is told to stop before it has begun."""
    worker = alone(term=6.0)
    shelf = shelf_of(worker.cluster)
    held = Lease(SMALL, "another", "elsewhere:/work", datetime.now(UTC), 1, left=(SMALL,))
    shelf.put(f"leases/{SMALL}.json", held.encode(), None)
    stop = Stop()
    events: list[Event] = []
    for event in worker.events(stop):
        events.append(event)
        stop.asked = stop.asked or event.kind is EventKind.STARTED
    kinds = [event.kind.value for event in events]
    assert kinds[:3] == ["trouble", "started", "stopping"] and kinds[-1] == "stopped"
    assert "taken over from elsewhere:/work" in events[0].message
    (lease,) = Leases(shelf, "", "").all()
    if "ended" in kinds:
        # Not yet named in any table: the next worker does it.
        assert (lease.holder, lease.turns) == (None, 2)
        assert [gap.where for gap in lease.gaps] == ["elsewhere:/work"]
    else:
        assert "had to be killed" in events[-1].message


def test_a_worker_whose_lease_was_taken_ends_its_run(
    alone: Callable[..., Worker], tmp_path: Path
) -> None:
    worker = alone(term=12.0)
    shelf = shelf_of(worker.cluster)
    stop = Stop()
    events: list[Event] = []
    for event in worker.events(stop):
        events.append(event)
        if event.kind is EventKind.STARTED:
            item = shelf.get(f"leases/{SMALL}.json")
            assert item
            lease = Lease.parse(item)
            shelf.put(
                f"leases/{SMALL}.json",
                Lease(lease.name, "another", "elsewhere:/", lease.since, 9).encode(),
                item.tag,
            )
        stop.asked = stop.asked or event.kind is EventKind.TROUBLE
    assert "another worker has taken" in next(e for e in events if e.kind == "trouble").message
    assert events[-1].kind is EventKind.STOPPED and "killed" not in events[-1].message
    item = shelf.get(f"leases/{SMALL}.json")
    assert item and Lease.parse(item).holder == "another"


def test_a_run_that_dies_is_begun_again_once_where_it_died(alone: Callable[..., Worker]) -> None:
    worker = alone()
    stop = Stop()
    events: list[Event] = []
    for event in worker.events(stop):
        events.append(event)
        if event.kind is EventKind.STARTED:
            (run,) = worker._running.values()
            assert run.child and run.child.process.pid
            kill(run.child.process.pid)
        if event.kind is EventKind.WAITS:
            # Then it is left in peace.
            assert event.due and event.due > datetime.now(UTC) + timedelta(minutes=10)
            stop.ask()
    kinds = [event.kind.value for event in events]
    assert kinds[:6] == ["started", "trouble", "started", "trouble", "ended", "waits"]
    (lease,) = Leases(shelf_of(worker.cluster), "", "").all()
    assert lease.next[SMALL].failures == 1 and lease.gaps == ()


def test_outlets_of_one_host_go_by_one_lease_whichever_of_them_a_worker_runs(
    tmp_path: Path,
) -> None:
    for name in "abc":
        (tmp_path / f"paper{name}.toml").write_text(
            f'title = "{name}"\nhome = "http://{name}.example/"\nlanguages = ["en"]\n'
            f'domains = ["{name}.example", "{"shared" if name != "c" else "own"}.example"]\n'
            'platform = "plain"\n[[articles]]\nurl = "^/story/"\nbody = ["article"]\n'
        )
    known = list(Catalogue.open(tmp_path).all())
    known = [outlet for outlet in known if outlet.name.startswith("paper")]
    some = [outlet for outlet in known if outlet.name != "papera"]
    worker = Worker("", tmp_path, some, CrawlOptions(), known=known)
    assert worker._groups() == {"papera": ["paperb"], "paperc": ["paperc"]}


@pytest.mark.long
def test_workers_that_die_are_replaced_and_every_row_is_there_once(
    bucket: str, tmp_path: Path
) -> None:
    """Two workers; one is killed amid a run, its run's leader with it; a third takes over."""
    with serve(outlets=(SMALL, OUTLETS[0])) as newsroom:
        wanted = undisturbed(newsroom, tmp_path / "alone")
        cluster = Cluster(f"{bucket}/a", slowed(newsroom), tmp_path, TERM)
        with closing(cluster):
            first = cluster.start("a")
            cluster.until(lambda: asked_for(cluster, 4))
            # The run's leader and its worker at once: nobody is left to end what it started.
            kill(first.children()[0])
            first.kill()
            cluster.start("b")
            cluster.until(cluster.all_pushed)
            assert [e for e in cluster.said("trouble") if "taken over from" in e["message"]]
            gaps = [
                row["outcome"]
                for name in newsroom.homes
                for row in read.open(f"{cluster.store}/outlets/{name}").crawls().to_pylist()
            ]
            assert [gap for gap in gaps if f"is in {first.where}," in gap]
            # The folder comes back: what is in it is taken in, and nothing is asked for again.
            before = len(newsroom.requests())
            again = cluster.start("a")
            cluster.until(lambda: len(again.events("waits")) == 2)
            assert len(newsroom.requests()) == before
            assert [worker.stop() for worker in cluster.workers[1:]] == [0, 0]
        one_at_a_time(cluster.asked(), SPACING)
        whole = gathered(cluster)
        same(whole, wanted)
        gaps = [row["outcome"] for row in read.open(whole).crawls().to_pylist()]
        assert not [gap for gap in gaps if "is in" in gap]
        assert [gap for gap in gaps if "taken in from" in gap]


def asked_for(cluster: Cluster, pages: int) -> bool:
    """Whether each outlet was asked for so many by now."""
    asked = cluster.asked()
    return asked.keys() == cluster.newsroom.homes.keys() and min(map(len, asked.values())) >= pages


class Chaos:
    """Kills workers and what they started, at random, and starts others in their place."""

    def __init__(self, cluster: Cluster, folders: Sequence[str], seed: int) -> None:
        self.cluster = cluster
        self.chance = random.Random(seed)
        self.killed: Counter[str] = Counter()
        self.living = {folder: cluster.start(folder) for folder in folders}

    def strike(self) -> None:
        busy = [folder for folder, worker in sorted(self.living.items()) if worker.children()]
        folder = self.chance.choice(
            busy if self.chance.random() < 0.8 and busy else sorted(self.living)
        )
        worker = self.living[folder]
        runs = worker.processes()
        what = self.chance.choice(["worker", "run", "both"] if runs else ["worker"])
        if what != "worker":
            kill(self.chance.choice(runs))
        if what != "run":
            worker.kill()
            self.living[folder] = self.cluster.start(folder)
        self.killed[what] += 1


@pytest.mark.long
@pytest.mark.parametrize("place", ["s3", "folder"])
def test_thirty_kills_change_nothing(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Of three workers and all that they start, until four outlets are in the store."""
    store = f"{request.getfixturevalue('bucket')}/a" if place == "s3" else str(tmp_path / "store")
    chance = random.Random(30)
    with serve(outlets=OUTLETS) as newsroom:
        wanted = undisturbed(newsroom, tmp_path / "alone")
        slowed(newsroom)
        killed: Counter[str] = Counter()
        rounds = 0
        while killed.total() < 30:
            # A store of its own for each round, until enough were killed.
            rounds += 1
            cluster = Cluster(f"{store}/{rounds}", newsroom, tmp_path / str(rounds), TERM)
            cluster.root.mkdir()
            cluster.since = time.time()
            with closing(cluster):
                chaos = Chaos(cluster, "abc", seed=rounds)
                while not cluster.all_pushed() and killed.total() + chaos.killed.total() < 30:
                    time.sleep(chance.uniform(0.5, 12.0))
                    chaos.strike()
                cluster.until(cluster.all_pushed)
                cluster.until(partial(nothing_is_left, cluster))
                for worker in chaos.living.values():
                    worker.stop()
            killed += chaos.killed
            one_at_a_time(cluster.asked(), SPACING, turns=6)
            same(gathered(cluster), wanted)
            print(f"{place}: {dict(chaos.killed)} killed in round {rounds}", flush=True)  # noqa: T201


def nothing_is_left(cluster: Cluster) -> bool:
    """Whether no lease is held, and no gap unnamed or folder with captures of its own left."""
    found = Leases(shelf_of(cluster.store), "", "").all()
    return not [lease for lease in found if lease.holder or lease.gaps] and not list(
        cluster.root.glob("*/*.stranded-*")
    )
