"""Signing a package (WACZ Signing and Verification 0.1.0): with a key alone, or for a domain.

A key alone says who packed it to whoever knows the public key, and no more. For a domain its
certificate says whose the key is, and a time-stamping server when it was.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from zancrawler import __version__
from zancrawler.archive import ArchiveError, UsageError
from zancrawler.capture.wacz_signature import VERSION, signature_fault

CURVE = ec.SECP384R1
"""Players read anonymous keys of no other curve."""
_SCALAR = 48


class Signer(Protocol):
    """Whoever can sign: Anonymous, or a Domain."""

    def proof(self, digest: str) -> dict[str, str]:
        """The signature of a digest and what it can be checked by. Raises ArchiveError."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Signs with a key that says of nobody whose it is."""

    key: ec.EllipticCurvePrivateKey

    def proof(self, digest: str) -> dict[str, str]:
        """A signature and the public key."""
        r, s = decode_dss_signature(self.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "publicKey": b64encode(public).decode("ascii"),
            # r and s one after the other, as Web Crypto has it (IEEE P1363).
            "signature": b64encode(r.to_bytes(_SCALAR) + s.to_bytes(_SCALAR)).decode("ascii"),
        }


def signed_data(signer: Signer, digest: str, created: str) -> dict[str, str]:
    """The member `signedData` of datapackage-digest.json. `digest` is signed as it is written.

    `created` is in whole seconds: a server's time-stamp, which must not be older, has no others.
    Raises ArchiveError for what would not be believed.
    """
    signed = {
        "hash": digest,
        "created": created,
        "software": f"zancrawler {__version__}",
        "version": VERSION,
        **signer.proof(digest),
    }
    if fault := signature_fault(signed, digest):
        raise ArchiveError(f"the package is not signed, for nobody would believe it: {fault}")
    return signed


def read_key(path: Path) -> PrivateKeyTypes:
    """The private key in a PEM file. Raises ArchiveError for what is none or has a
    password, UsageError for what cannot be read."""
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise UsageError(f"cannot use {path}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ArchiveError(f"{path} holds no private key without a password: {error}") from error


def signing_key(path: Path) -> Anonymous:
    """With the key in a PEM file; a new one, for its owner's eyes only, where there is none.

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


def _make_key(path: Path) -> None:
    key = ec.generate_private_key(CURVE())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    except OSError as error:
        raise ArchiveError(f"cannot use {path}: {error.strerror}") from error
