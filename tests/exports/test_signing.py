"""Packages that are signed for a domain: made and checked by the commands, and by others' tools."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import authority
import pytest
import small_archive as small
import tsa
from authsign.verifier import Verifier
from cryptography.hazmat.primitives import hashes
from judge import authsign
from typer.testing import CliRunner, Result

from zancrawler.archive import Archive
from zancrawler.capture.wacz import check_wacz
from zancrawler.cli import app

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("signed") / "archive")
    small.make(archive)
    return archive


def export(archive: Archive, out: Path, *options: object) -> Result:
    command = ["export", "wacz", "--archive", str(archive.root), "--out", str(out)]
    return CliRunner().invoke(app, [*command, *map(str, options)])


@pytest.fixture(scope="module")
def signed(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package signed by the command; beside it what the time-stamping server was sent."""
    folder = tmp_path_factory.mktemp("package")
    (folder / "tsa").mkdir()
    stamper = authority.issuer().issue("Stamps", stamping=True)
    server = tsa.Authority(folder / "tsa", *stamper.files(folder / "stamper"))
    key, chain = authority.site().files(folder / "site")
    got: list[bytes] = []
    with tsa.served(server.answer, got) as url:
        options = ("--sign", key, "--certificate", chain, "--tsa", url)
        done = export(archive, folder / "signed.wacz", *options)
    assert done.exit_code == 0, done.output
    (folder / "sent").write_bytes(b"".join(got))
    return folder / "signed.wacz"


def proof(package: Path) -> dict[str, str]:
    with zipfile.ZipFile(package) as files:
        found: dict[str, str] = json.loads(files.read("datapackage-digest.json"))["signedData"]
    return found


def test_verify_says_what_it_proves(signed: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(signed)])
    assert done.exit_code == 0, done.output
    assert "Everything is in order." in done.stdout
    root = authority.issuer().chain[-1].fingerprint(hashes.SHA256()).hex()
    assert "signed.wacz is signed for news.example at 20" in done.stderr
    assert f"if you trust the certificates that its two chains end with: SHA-256 {root}" in (
        done.stderr
    )


def test_only_a_hash_is_sent(signed: Path) -> None:
    sent = (signed.parent / "sent").read_bytes()
    assert hashlib.sha256(proof(signed)["signature"].encode()).digest() in sent
    for word in (b"news.example", proof(signed)["hash"][7:].encode(), b"zancrawler/"):
        assert word not in sent


def test_py_wacz_and_authsign_accept_it(signed: Path, tmp_path: Path) -> None:
    with served(authsign(proof(signed), tmp_path)) as url:
        done = wacz_validate(signed, url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Successfully verified signature via: {url}" in done.stdout


def test_all_refuse_it_with_a_word_changed(signed: Path, tmp_path: Path) -> None:
    """With its description's digest made anew around the change, and the old signature."""
    changed = tmp_path / "changed.wacz"
    with zipfile.ZipFile(signed) as old, zipfile.ZipFile(changed, "w") as new:
        files = {name: old.read(name) for name in old.namelist()}
        files["datapackage.json"] = files["datapackage.json"].replace(
            b'"title": "tester"', b'"title": "another"'
        )
        told = json.loads(files["datapackage-digest.json"])
        told["hash"] = f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
        told["signedData"]["hash"] = told["hash"]
        files["datapackage-digest.json"] = json.dumps(told).encode()
        for name, data in files.items():
            new.writestr(name, data)
    messages = [fault.message for fault in check_wacz(changed)]
    assert any("not made of this digest with this key" in message for message in messages)
    done = CliRunner().invoke(app, ["verify", str(changed)])
    assert done.exit_code == 1 and "is signed for" not in done.output
    with served(authsign(proof(signed), tmp_path)) as url:
        assert "Signature not verified" in wacz_validate(changed, url).stdout


def test_a_server_that_gives_no_stamp(archive: Archive, tmp_path: Path) -> None:
    """Then there is no package: nothing that looks signed and is not."""
    key, chain = authority.site().files(tmp_path)
    out = tmp_path / "out.wacz"
    with tsa.served(lambda _: b"no", []) as url:
        done = export(archive, out, "--sign", key, "--certificate", chain, "--tsa", url)
    assert done.exit_code == 1
    assert "gives no time-stamp" in str(done.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fullchain.pem", "privkey.pem"]


@pytest.mark.parametrize(
    "options",
    [
        ("--certificate", "chain.pem", "--tsa", "http://127.0.0.1:9/"),
        ("--sign", "key.pem", "--certificate", "chain.pem"),
        ("--sign", "key.pem", "--tsa", "http://127.0.0.1:9/"),
    ],
)
def test_options_that_go_together(
    archive: Archive, tmp_path: Path, options: tuple[str, ...]
) -> None:
    done = export(archive, tmp_path / "out.wacz", *options)
    assert done.exit_code == 2
    assert "--certificate and --tsa" in " ".join(done.output.split())


def test_an_old_certificate_is_said_to_be_one(archive: Archive, tmp_path: Path) -> None:
    key, chain = authority.site(begin=small.FIRST, days=2000).files(tmp_path)
    options = ("--sign", key, "--certificate", chain, "--tsa", "http://127.0.0.1:9/")
    done = export(archive, tmp_path / "out.wacz", *options)
    assert "The certificate of news.example is of 2026-03-01: authsign" in done.stderr


def wacz_validate(package: Path, url: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("wacz"), "validate", "-f", package, "--verify-auth"]
    return subprocess.run(
        [*command, "--verifier-url", url], capture_output=True, text=True, check=False
    )


@contextmanager
def served(verify: Verifier) -> Iterator[str]:
    """authsign's verifier at an address, as its own server has it at `/verify`."""

    class Handler(tsa.Quiet):
        def do_POST(self) -> None:  # noqa: N802 - the name is of http.server
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                verify(body)
                status = 200
            except Exception:
                status = 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with tsa.listening(Handler) as home:
        yield f"{home}/verify"
