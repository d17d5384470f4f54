"""The archive in S3, as moto's server speaks it on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import polars
import pyarrow.dataset as ds
import pytest
import requests
import small_archive
from s3_server import s3_server
from stored_archive import Kept, copy_of, keep

import zancrawler
from zancrawler.archive import Archive
from zancrawler.browse.server import serving as browsing
from zancrawler.capture.reader import read_record
from zancrawler.exports.selection import Asked
from zancrawler.exports.wacz import export_wacz
from zancrawler.replay.package import Shelf
from zancrawler.runs.verify import verify_archive
from zancrawler.search import Search
from zancrawler.storage.check import check
from zancrawler.storage.manifest import Manifest
from zancrawler.storage.prune import prune
from zancrawler.storage.pull import pull
from zancrawler.storage.push import push
from zancrawler.storage.store import Store, StoreError

pytestmark = pytest.mark.slow
URI = "s3://newsroom/archive"


@dataclass(frozen=True)
class Bucket(Kept):
    """An archive whose store is a bucket."""

    client: Any
    server: str

    @property
    def uri(self) -> str:
        return URI

    def names(self) -> set[str]:
        listed = self.client.list_objects_v2(Bucket="newsroom").get("Contents", [])
        # Arrow leaves an empty object where a folder was.
        keys = {item["Key"].removeprefix("archive/") for item in listed}
        return {key for key in keys if not key.endswith("/")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def bucket(made: Kept, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    requests.post(f"{server}/moto-api/reset", timeout=60)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id-of-nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    client.create_bucket(Bucket="newsroom")
    kept = copy_of(made, tmp_path)
    return Bucket(kept.archive, kept.folder, client, server)


def test_an_archive_in_a_bucket_is_read_from_there(bucket: Bucket, tmp_path: Path) -> None:
    archive = bucket.archive
    bodies, articles = bucket.bodies(), zancrawler.open(archive.root).articles()
    pushed = push(archive, URI)
    assert not pushed.keeps_versions
    assert bucket.names() == Manifest.required(Store.open(URI)).objects()
    assert push(archive).uploaded == []
    assert list(check(archive)) == []

    assert zancrawler.open(URI).articles().equals(articles)
    store = Store.open(URI)
    rows = ds.dataset(
        store.path("tables/articles"), filesystem=store.filesystem, partitioning="hive"
    )
    assert rows.count_rows() == 3
    options = {"aws_endpoint_url": bucket.server, "aws_allow_http": "true"}
    found = polars.scan_parquet(f"{URI}/tables/articles/", storage_options=options).collect()
    assert set(found["article_id"]) == set(articles["article_id"].to_pylist())

    package = export_wacz(archive, Asked(), tmp_path / "before.wacz").path.read_bytes()
    assert len(prune(archive).warcs) == 2
    assert bucket.bodies() == bodies
    assert export_wacz(archive, Asked(), tmp_path / "after.wacz").path.read_bytes() == package
    shelf = Shelf(archive, lambda path: export_wacz(archive, Asked(), path), lambda: None)
    assert b"".join(shelf.current().pieces(0, len(package))) == package
    (hit,) = Search(archive.root).find("Professor")
    assert read_record(archive.root / hit.warc_filename, hit.warc_record_offset).http.status == 200
    with browsing(archive, None, "http://127.0.0.1:1/", 0) as pages:
        assert b"Professor" in requests.get(f"{pages}article/{hit.article_id}", timeout=60).content
    assert list(verify_archive(archive, bucket.catalogue)) == []
    light = Archive(tmp_path / "light")
    assert len(pull(light, URI, warcs=False).left) == 2
    assert Kept(light, bucket.folder).bodies() == bodies
    for root in (archive.root, light.root):
        for path in root.rglob("*"):
            assert not path.is_file() or b"of-nobody" not in path.read_bytes(), path


def test_a_bucket_that_keeps_old_versions_is_told_of(bucket: Bucket) -> None:
    versions = {"Status": "Enabled"}
    bucket.client.put_bucket_versioning(Bucket="newsroom", VersioningConfiguration=versions)
    assert push(bucket.archive, URI).keeps_versions
    assert [fault.code for fault in check(bucket.archive)] == ["keeps-versions"]


def test_a_wrong_bucket_or_server_is_one_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match="there is no such bucket"):
        push(bucket.archive, "s3://nobody/archive")
    with pytest.raises(StoreError, match="holds no archive"):
        zancrawler.open("s3://newsroom/elsewhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    begun = time.monotonic()
    with pytest.raises(StoreError, match="cannot be reached") as failure:
        push(bucket.archive, URI)
    assert time.monotonic() - begun < 30
    assert "\n" not in str(failure.value)


def test_refused_credentials_are_one_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    # From the next request on, moto looks at who asks.
    requests.post(f"{bucket.server}/moto-api/reset-auth", data=b"0", timeout=60)
    with pytest.raises(StoreError, match="access was refused"):
        push(bucket.archive, URI)
    requests.post(f"{bucket.server}/moto-api/reset-auth", data=b"inf", timeout=60)


KILLED = """
import os, signal, sys
from pathlib import Path
from zancrawler.archive import Archive
from zancrawler.storage.push import push
from zancrawler.storage.store import Store

root, method, name = sys.argv[1:]
whole = getattr(Store, method)

def killed(store, *arguments):
    if arguments[0].startswith(name):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(store, *arguments)

setattr(Store, method, killed)
push(Archive(Path(root)))
"""


@pytest.mark.parametrize(
    ("method", "name", "is_there"),
    [
        ("put", "warc/", False),
        ("put", "snapshot/memory", False),
        ("put", "snapshot/tables", False),
        ("put", "manifest.json", False),
        ("copy", "snapshot/", True),
        ("remove", "snapshot/", True),
    ],
)
def test_a_push_that_is_killed_leaves_the_store_whole_and_goes_on(
    bucket: Bucket, method: str, name: str, is_there: bool, tmp_path: Path
) -> None:
    """Killed right before one of its steps."""
    small_archive.learn(bucket.archive, "Share this")
    push(bucket.archive, URI)
    before = zancrawler.open(URI).captures()
    small_archive.learn(bucket.archive, "Share this", "Read more")
    page = small_archive.story("well", "It rained at last.")
    small_archive.crawl(bucket.archive, small_archive.SECOND.replace(day=9), [page])
    child = subprocess.run(
        [sys.executable, "-c", KILLED, bucket.archive.root, method, name],
        env=os.environ | {"PYTHONPATH": str(Path(zancrawler.__file__).parents[1])},
        timeout=300,
        check=False,
        capture_output=True,
        text=True,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    now = zancrawler.open(URI).captures()
    assert now.num_rows == before.num_rows + is_there
    elsewhere = Archive(tmp_path / "elsewhere")
    pull(elsewhere, URI)
    assert zancrawler.open(elsewhere.root).captures().equals(now)
    assert list(verify_archive(elsewhere, bucket.catalogue)) == []
    again = push(bucket.archive)
    # What the killed push brought there is not brought again.
    uploaded = any(path.startswith("warc/") for path in again.uploaded)
    assert uploaded == (name in ("warc/", "snapshot/memory"))
    assert zancrawler.open(URI).captures().num_rows == before.num_rows + 1
    assert bucket.names() == Manifest.required(Store.open(URI)).objects()
    assert list(check(bucket.archive)) == []
