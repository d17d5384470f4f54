"""Signing a package (WACZ Signing and Verification 0.1.0): with a key alone, or for a domain.

A key alone says who packed it to whoever knows the public key, and no more. For a domain its
certificate says whose the key is, and a time-stamping server when it was.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from zancrawler import __version__
from zancrawler.archive import ArchiveError
from zancrawler.capture.wacz_signature import VERSION

from .domain import Domain

CURVE = ec.SECP384R1
"""Players read anonymous keys of no other curve."""
_SCALAR = 48


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Signs with a key that says of nobody whose it is."""

    key: ec.EllipticCurvePrivateKey

    def proof(self, digest: str, created: str) -> dict[str, str]:
        """What goes beside the digest."""
        r, s = decode_dss_signature(self.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "publicKey": b64encode(public).decode("ascii"),
            # r and s one after the other, as Web Crypto has it (IEEE P1363).
            "signature": b64encode(r.to_bytes(_SCALAR) + s.to_bytes(_SCALAR)).decode("ascii"),
        }


Signer = Anonymous | Domain


def signed_data(signer: Signer, digest: str, created: str) -> dict[str, str]:
    """The member `signedData` of datapackage-digest.json. `digest` is signed as it is written.

    Raises ArchiveError.
    """
    return {
        "hash": digest,
        "created": created,
        "software": f"zancrawler {__version__}",
        "version": VERSION,
        **signer.proof(digest, created),
    }


def signing_key(path: Path) -> Anonymous:
    """With the private key in a PEM file; a new one, for its owner's eyes only, where there is none.

    Raises ArchiveError for what is no key on P-384 or has a password.
    """
    if not path.exists():
        _make_key(path)
    key = read_key(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, CURVE):
        raise ArchiveError(
            f"the key in {path} is not on the curve P-384, and players check no other; "
            "name a file that is not there yet, and a key is made in it"
        )
    return Anonymous(key)
