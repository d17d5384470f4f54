"""Signing for a domain: with the key of its web server's certificate, and somebody's time-stamp.

WACZ Signing and Verification 0.1.0 knows no signature for a domain that has no time-stamp. What it
leaves open is as authsign has it, which checks them: DER, and the stamp on the signature's base64.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from zancrawler.archive import ArchiveError, UsageError
from zancrawler.signatures.certificates import (
    MAX_PEM,
    Chain,
    NoProofError,
    check_domain,
    domain_of,
    read_chain,
    written,
)
from zancrawler.signatures.stamps import read_stamp
from zancrawler.signatures.timestamp import check_address, timestamp

from .signing import read_key

AUTHSIGN_TAKES = timedelta(days=7)
"""How old a certificate authsign lets sign; the standard says nothing of it."""
ANOTHER_KEY = (
    "have one made of the other kind: `certbot certonly --cert-name NAME --key-type ecdsa`"
)


@dataclass(frozen=True, slots=True)
class Domain:
    """Signs for a domain, and has each signature stamped."""

    name: str
    key: ec.EllipticCurvePrivateKey
    chain: Chain
    tsa: str
    """Address of the time-stamping server."""

    @classmethod
    def read(cls, key: Path, certificate: Path, tsa: str, now: datetime) -> Domain:
        """Of what certbot leaves: privkey.pem, and fullchain.pem, to which the root may be added.

        Raises ArchiveError for what could sign nothing that holds.
        """
        check_address(tsa)
        chain = _read_chain(certificate)
        name = domain_of(chain[0])
        if name is None or name.startswith("*"):
            raise ArchiveError(
                f"the first name of the certificate in {certificate} is {name or 'none'}, and a "
                "signature names one host; have one made whose first name is a host"
            )
        private = _read_key(key)
        if private.public_key() != chain[0].public_key():
            raise ArchiveError(
                f"the key in {key} is not that of the first certificate in {certificate}; "
                "of what certbot leaves, name privkey.pem and fullchain.pem of one folder"
            )
        try:
            check_domain(chain, name, now)
        except NoProofError as error:
            raise ArchiveError(f"{certificate} can sign nothing: {error}") from error
        return cls(name, private, chain, tsa)

    def proof(self, digest: str) -> dict[str, str]:
        """A signature, the certificate, and a stamp on the signature with the server's own one.

        Raises ArchiveError when the server gives none that can be checked.
        """
        signature = b64encode(self.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
        answer = timestamp(signature, self.tsa)
        try:
            stamp = read_stamp(answer)
        except NoProofError as error:
            raise ArchiveError(f"{self.tsa} sent nothing that can be checked: {error}") from error
        if not stamp.chain:
            raise ArchiveError(f"{self.tsa} sent no certificate; name another server with --tsa")
        return {
            "domain": self.name,
            "domainCert": written(self.chain),
            "signature": signature.decode("ascii"),
            "timeSignature": b64encode(answer).decode("ascii"),
            "timestampCert": written(stamp.chain),
        }

    def caveat(self, now: datetime) -> str | None:
        """Who will not take its signatures, though the standard does."""
        begin = self.chain[0].not_valid_before_utc
        if now <= begin + AUTHSIGN_TAKES:
            return None
        return (
            f"The certificate of {self.name} is of {begin:%Y-%m-%d}: authsign takes signatures of "
            f"its first {AUTHSIGN_TAKES.days} days only, so renew it first if others use that."
        )


def _read_chain(path: Path) -> Chain:
    try:
        with path.open("rb") as file:
            pem = file.read(MAX_PEM + 1).decode("utf-8", "replace")
        return read_chain(pem)
    except OSError as error:
        raise UsageError(f"cannot use {path}: {error.strerror}") from error
    except NoProofError as error:
        raise ArchiveError(f"{path} holds no chain of certificates: it {error}") from error


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = read_key(path)
    if isinstance(key, rsa.RSAPrivateKey):
        raise ArchiveError(
            f"the key in {path} is RSA, and packages are signed with ECDSA alone; {ANOTHER_KEY}"
        )
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in (
        "secp256r1",
        "secp384r1",
    ):
        raise ArchiveError(
            f"the key in {path} is not on the curve P-256 or P-384, and players check no "
            f"other; {ANOTHER_KEY}"
        )
    return key
