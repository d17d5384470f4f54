"""Signatures for a domain: sound ones hold, and each way of breaking one is named.

The signatures are of a digest alone; tests/exports has whole packages.
"""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import authority
import pytest
import tsa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from judge import authsign
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1_modules import rfc3161

from zancrawler.archive import ArchiveError
from zancrawler.capture.wacz_signature import signature_fault, signer
from zancrawler.exports.domain import Domain
from zancrawler.exports.signing import signed_data
from zancrawler.signatures.certificates import MAX_CHAIN, MAX_PEM, written
from zancrawler.signatures.stamps import MAX_STAMP, read_stamp

Signed = dict[str, str]
DIGEST = "sha256:" + "ab" * 32
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Bench:
    """A domain's key and certificate, and a server that stamps."""

    def __init__(self, folder: Path, url: str, stamper: authority.Holder) -> None:
        self.folder = folder
        self.url = url
        self.stamper = stamper
        self.site = authority.site()
        self.sound = signed_data(self.domain(), DIGEST, now())

    def domain(self, key: ec.EllipticCurvePrivateKey | None = None) -> Domain:
        files = self.site.files(self.folder / "site")
        read = Domain.read(*files, self.url, datetime.now(UTC))
        return Domain(read.name, key, read.chain, self.url) if key else read

    def signed_by(self, holder: authority.Holder) -> Signed:
        """With a chain as it is, which no command would sign with."""
        signs = Domain("news.example", holder.key, holder.chain, self.url)
        return self.sound | signs.proof(DIGEST)

    def stamped_by(self, *chain: object) -> Signed:
        return self.sound | {"timestampCert": written(chain)}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    stamper = authority.issuer().issue("Stamps", stamping=True)
    (folder / "tsa").mkdir()
    server = tsa.Authority(folder / "tsa", *stamper.files(folder / "stamper"))
    with tsa.served(server.answer, []) as url:
        yield Bench(folder, url, stamper)


def test_it_holds(bench: Bench) -> None:
    assert signature_fault(bench.sound, DIGEST) is None
    assert bench.sound["domain"] == "news.example"
    assert set(bench.sound) == {
        *("hash", "created", "software", "version", "signature"),
        *("domain", "domainCert", "timeSignature", "timestampCert"),
    }
    root = authority.issuer().chain[-1].fingerprint(hashes.SHA256()).hex()
    told = signer(bench.sound)
    assert "news.example" in told and root in told and "if you trust" in told


def test_authsign_accepts_it(bench: Bench, tmp_path: Path) -> None:
    found = authsign(bench.sound, tmp_path)(dict(bench.sound))
    assert found.observer == "news.example"


def test_openssl_accepts_the_stamp(bench: Bench) -> None:
    folder = bench.folder / "tsa"
    (folder / "signature").write_text(bench.sound["signature"])
    (folder / "stamp.tsr").write_bytes(b64decode(bench.sound["timeSignature"]))
    (folder / "chain.pem").write_text(bench.sound["timestampCert"])
    (folder / "root.pem").write_text(written(authority.issuer().chain[-1:]))
    checked = ("ts", "-verify", "-data", "signature", "-in", "stamp.tsr")
    assert "OK" in tsa.openssl(folder, *checked, "-CAfile", "root.pem", "-untrusted", "chain.pem")


def test_a_chain_without_its_root(bench: Bench, tmp_path: Path) -> None:
    """As certbot leaves it."""
    files = bench.site.files(tmp_path / "site", root=False)
    domain = Domain.read(*files, bench.url, datetime.now(UTC))
    signed = signed_data(domain, DIGEST, now())
    assert signed["domainCert"].count("BEGIN CERTIFICATE") == 2
    assert signature_fault(signed, DIGEST) is None


@pytest.mark.parametrize("root", [True, False])
def test_a_server_with_an_rsa_key(bench: Bench, tmp_path: Path, root: bool) -> None:
    """As most have; some send their root's certificate along, and some do not."""
    key = rsa.generate_private_key(65537, 2048)
    stamper = authority.issuer().issue("Stamps", key, stamping=True)
    server = tsa.Authority(tmp_path, *stamper.files(tmp_path / "stamper", root))
    with tsa.served(server.answer, []) as url:
        domain = Domain("news.example", bench.site.key, bench.site.chain, url)
        signed = signed_data(domain, DIGEST, now())
    assert signed["timestampCert"].count("BEGIN CERTIFICATE") == 2 + root
    assert signature_fault(signed, DIGEST) is None
    assert authsign(signed, tmp_path)(dict(signed)).observer == "news.example"
    broken = signed | {"timestampCert": bench.sound["timestampCert"]}
    assert "was not signed with its timestampCert" in str(signature_fault(broken, DIGEST))


def test_a_certificate_without_a_common_name(bench: Bench, tmp_path: Path) -> None:
    """As the short-lived ones of Let's Encrypt are."""
    files = authority.issuer().issue("", domain="news.example").files(tmp_path / "site")
    domain = Domain.read(*files, bench.url, datetime.now(UTC))
    signed = signed_data(domain, DIGEST, now())
    assert signature_fault(signed, DIGEST) is None
    assert authsign(signed, tmp_path)(dict(signed)).observer == "news.example"


def test_a_cross_signed_certificate(bench: Bench) -> None:
    assert signature_fault(bench.sound | {"crossSignedCert": None}, DIGEST) is None
    crossed = authority.root("Another").issue("news.example", bench.site.key, domain="news.example")
    signed = bench.sound | {"crossSignedCert": written(crossed.chain)}
    assert signature_fault(signed, DIGEST) is None
    other = authority.root("Another").issue("news.example", domain="news.example")
    signed = bench.sound | {"crossSignedCert": written(other.chain)}
    assert "for another key" in str(signature_fault(signed, DIGEST))


def renewed(bench: Bench, **more: object) -> authority.Holder:
    """A certificate of the stamping server's key."""
    by = authority.issuer()
    return by.issue("Stamps", bench.stamper.key, **more)  # type: ignore[arg-type]


def another_signature(bench: Bench) -> Signed:
    """Of the same digest with the same key, so that it holds by itself."""
    made = bench.site.key.sign(DIGEST.encode(), ec.ECDSA(hashes.SHA256()))  # type: ignore[call-arg,arg-type]
    return bench.sound | {"signature": b64encode(made).decode()}


def edited_stamp(change: Callable[[bytes], bytes]) -> Callable[[Bench], Signed]:
    def edit(bench: Bench) -> Signed:
        stamp = b64decode(bench.sound["timeSignature"])
        changed = change(stamp)
        assert changed != stamp
        return bench.sound | {"timeSignature": b64encode(changed).decode()}

    return edit


def later(stamp: bytes) -> bytes:
    """Its time, four years on, when there is such a day again: what was hashed for the server's
    signature says it too."""
    moment = f"{read_stamp(stamp).moment:%Y%m%d%H%M%SZ}".encode()
    assert stamp.count(moment) == 1
    return stamp.replace(moment, b"%04d" % (int(moment[:4]) + 4) + moment[4:])


def refused(stamp: bytes) -> bytes:
    granted = b"\x30\x03\x02\x01\x00"
    return stamp.replace(granted, granted[:-1] + b"\x02", 1)


def alike(**more: object) -> Callable[[Bench], Signed]:
    return lambda bench: bench.signed_by(authority.site(**more))  # type: ignore[arg-type]


def part(**parts: object) -> Callable[[Bench], Signed]:
    return lambda bench: bench.sound | parts  # type: ignore[operator,return-value]


def without(name: str) -> Callable[[Bench], Signed]:
    return lambda bench: {key: value for key, value in bench.sound.items() if key != name}


def moved(by: timedelta) -> Callable[[Bench], Signed]:
    def move(bench: Bench) -> Signed:
        moment = datetime.fromisoformat(bench.sound["created"]) + by
        return bench.sound | {"created": moment.isoformat()}

    return move


WAYS: dict[str, tuple[Callable[[Bench], Signed], str]] = {
    "a signature of another key": (
        lambda bench: bench.sound | bench.domain(authority.new_key()).proof(DIGEST),
        "not made of this digest with this key",
    ),
    "a signature of another digest": (
        lambda bench: bench.sound | bench.domain().proof("sha256:" + "cd" * 32),
        "not made of this digest with this key",
    ),
    "a domain that is not in the certificate": (
        part(domain="other.example"),
        "is for news.example, not 'other.example'",
    ),
    "a certificate of another domain": (
        alike(domain="other.example"),
        "is for other.example, not 'news.example'",
    ),
    "a certificate that had run out": (alike(begin=LONG_AGO), "is valid from 2020-01-01"),
    "a certificate of later": (
        alike(begin=datetime.now(UTC) + timedelta(days=1)),
        "is valid from",
    ),
    "a chain that leaves one out": (
        lambda bench: bench.signed_by(
            authority.Holder(bench.site.key, (bench.site.chain[0], bench.site.chain[2]))
        ),
        "CN=news.example was not issued with the next one, that of CN=A root",
    ),
    "a chain with another issuer of the same name": (
        lambda bench: bench.signed_by(
            authority.Holder(
                bench.site.key,
                (bench.site.chain[0], *authority.root().issue("An issuer", ca=True).chain),
            )
        ),
        "was not issued with the next one",
    ),
    "a certificate that nobody issued": (
        lambda bench: bench.signed_by(authority.Holder(bench.site.key, bench.site.chain[:1])),
        "without that of its issuer",
    ),
    "a certificate issued by a web server": (
        lambda bench: bench.signed_by(
            authority.site("other.example").issue("news.example", domain="news.example")
        ),
        "CN=other.example may issue no others",
    ),
    "a chain longer than an issuer allows": (
        lambda bench: bench.signed_by(
            authority.root()
            .issue("Last but one", ca=True, path=0)
            .issue("One too many", ca=True)
            .issue("news.example", domain="news.example")
        ),
        "is not one of news.example",
    ),
    "a certificate that is for stamps": (
        lambda bench: bench.signed_by(authority.issuer().issue("news.example", stamping=True)),
        "is for no domain",
    ),
    "an RSA certificate": (
        lambda bench: (
            bench.sound
            | {
                "domainCert": written(
                    authority.site(key=rsa.generate_private_key(65537, 2048)).chain
                )
            }
        ),
        "no ECDSA key",
    ),
    "a certificate that is none": (part(domainCert="none"), "its domainCert cannot be read"),
    "a certificate without end": (
        part(domainCert="x" * (MAX_PEM + 1)),
        f"longer than {MAX_PEM} characters",
    ),
    "a chain without end": (
        lambda bench: bench.sound | {"domainCert": written(bench.site.chain[:1] * (MAX_CHAIN + 1))},
        f"more than {MAX_CHAIN} certificates",
    ),
    "a stamp on something else": (
        lambda bench: (
            bench.sound | {"timeSignature": bench.domain().proof(DIGEST)["timeSignature"]}
        ),
        "its time-stamp is on something else",
    ),
    "a signature changed under the stamp": (another_signature, "is on something else"),
    "a stamp of long after": (moved(timedelta(minutes=-11)), "more than 10 minutes from"),
    "a stamp of long before": (moved(timedelta(minutes=11)), "more than 10 minutes from"),
    "a stamp with another time": (
        edited_stamp(later),
        "what its time-stamp says is not what the server signed",
    ),
    "a stamp of another server": (
        lambda bench: bench.stamped_by(*authority.issuer().issue("Else", stamping=True).chain),
        "was not signed with its timestampCert",
    ),
    "a stamp by a key that is not for it": (
        lambda bench: bench.stamped_by(*renewed(bench).chain),
        "CN=Stamps is not one for time-stamps",
    ),
    "a stamp by a certificate that had run out": (
        lambda bench: bench.stamped_by(*renewed(bench, stamping=True, begin=LONG_AGO).chain),
        "is valid from 2020-01-01",
    ),
    "a stamp's chain that leaves one out": (
        lambda bench: bench.stamped_by(bench.stamper.chain[0], bench.stamper.chain[2]),
        "CN=Stamps was not issued with the next one",
    ),
    "a refusal in place of a stamp": (edited_stamp(refused), "is a refusal to give one"),
    "a stamp cut short": (edited_stamp(lambda stamp: stamp[:-9]), "its time-stamp cannot be read"),
    "a stamp with something after it": (
        edited_stamp(lambda stamp: stamp + b"\x05\x00"),
        "something follows its end",
    ),
    "a stamp without end": (
        edited_stamp(lambda stamp: stamp + bytes(MAX_STAMP)),
        f"more than {MAX_STAMP} bytes",
    ),
    "a stamp that is no base64": (part(timeSignature="!"), "its timeSignature cannot be read"),
    "no stamp": (without("timeSignature"), "has no timeSignature"),
    "no certificate": (without("domainCert"), "has no domainCert"),
    "a part of no format": (part(trusted="yes"), "what the standard forbids: ['trusted']"),
    "a part that is no text": (part(domain=7), "its domain is no text"),
    "no time": (part(created="yesterday"), "'yesterday' is no time"),
    "a time that there is not": (part(created="0001-01-01T00:00+23:59"), "is no time"),
}
AUTHSIGN_MISSES = {
    "a certificate that is for stamps",
    "a certificate issued by a web server",
    "a chain longer than an issuer allows",
    "a stamp by a key that is not for it",
    "a stamp by a certificate that had run out",
    "a refusal in place of a stamp",
    "a part of no format",
}
"""It looks neither at what a certificate is for nor at when one of a stamp ran out."""


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_breaking_it(bench: Bench, tmp_path: Path, way: str) -> None:
    broken, sign = WAYS[way][0](bench), WAYS[way][1]
    assert sign in str(signature_fault(broken, DIGEST))
    if way not in AUTHSIGN_MISSES:
        with pytest.raises(Exception):  # noqa: B017, it raises whatever comes
            authsign(bench.sound, tmp_path)(dict(broken))


def test_another_package_s_signature(bench: Bench) -> None:
    assert "not the digest" in str(signature_fault(bench.sound, "sha256:" + "cd" * 32))
    assert "not the digest" in str(signature_fault(bench.sound | {"hash": None}, None))
    assert "no JSON object" in str(signature_fault([], DIGEST))


def refusal(bench: Bench, files: tuple[Path, Path], url: str | None = None) -> str:
    with pytest.raises(ArchiveError) as refused:
        Domain.read(*files, url or bench.url, datetime.now(UTC))
    return str(refused.value)


def test_what_cannot_sign(bench: Bench, tmp_path: Path) -> None:
    def of(holder: authority.Holder) -> str:
        return refusal(bench, holder.files(tmp_path))

    site, other = bench.site, authority.new_key()
    said = of(authority.Holder(other, site.chain))
    assert "is not that of the first certificate" in said and "privkey.pem" in said
    said = of(authority.site(key=rsa.generate_private_key(65537, 2048)))
    assert "is RSA" in said and "--key-type ecdsa" in said
    assert "P-256 or P-384" in of(authority.site(key=ec.generate_private_key(ec.SECP521R1())))
    assert "is valid from 2020-01-01" in of(authority.site(begin=LONG_AGO))
    assert "without that of its issuer" in of(authority.Holder(site.key, site.chain[:1]))
    assert "was not issued with" in of(authority.Holder(site.key, site.chain[::2]))
    assert "*.news.example" in of(authority.site("*.news.example"))
    assert "names one host" in of(authority.issuer().issue(""))
    key, chain = site.files(tmp_path)
    assert "holds no chain of certificates" in refusal(bench, (key, key))
    assert "cannot use" in refusal(bench, (key, tmp_path / "none"))
    assert "cannot use" in refusal(bench, (tmp_path / "none", chain))
    assert not (tmp_path / "none").exists()
    assert "no web address" in refusal(bench, (key, chain), "ftp://stamps.example/")


def test_a_certificate_that_authsign_finds_too_old(bench: Bench, tmp_path: Path) -> None:
    moment = datetime.now(UTC)
    assert bench.domain().caveat(moment) is None
    old = authority.site(begin=moment - timedelta(days=8))
    domain = Domain.read(*old.files(tmp_path / "site"), bench.url, moment)
    assert "first 7 days only" in str(domain.caveat(moment))
    signed = signed_data(domain, DIGEST, now())
    assert signature_fault(signed, DIGEST) is None
    with pytest.raises(AssertionError):
        authsign(signed, tmp_path)(dict(signed))


def test_a_server_that_cannot_be_believed(bench: Bench, tmp_path: Path) -> None:
    """Its clock, or ours, is an hour off; it keeps its certificate to itself."""
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    with pytest.raises(ArchiveError, match=r"nobody would believe it.*more than 10 minutes"):
        signed_data(bench.domain(), DIGEST, hour_ago)

    def bare(query: bytes) -> bytes:
        asked, _ = decode(query, asn1Spec=rfc3161.TimeStampReq())
        asked["certReq"] = False
        return server.answer(encode(asked))

    server = tsa.Authority(tmp_path, *bench.stamper.files(tmp_path / "stamper"))
    with (
        tsa.served(bare, []) as url,
        pytest.raises(ArchiveError, match="sent no certificate"),
    ):
        Domain("news.example", bench.site.key, bench.site.chain, url).proof(DIGEST)
