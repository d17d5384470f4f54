"""Signing a package with a key of one's own (WACZ Signing and Verification 0.1.0, anonymous).

That says who packed it to whoever knows the public key, and no more: there is no proof of a domain
and no time-stamp, for these need somebody's server. ReplayWeb.page shows the key and checks it.
"""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from zancrawler import __version__
from zancrawler.archive import ArchiveError

CURVE = ec.SECP384R1
"""Players read anonymous keys of no other curve."""
_SCALAR = 48


def signing_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key in a PEM file; a new one, for its owner's eyes only, where there is none.

    Raises ArchiveError for what is no key on P-384 or has a password.
    """
    try:
        pem = path.read_bytes() if path.exists() else _new_key(path)
    except OSError as error:
        raise ArchiveError(f"cannot use {path}: {error.strerror}") from error
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"{path} holds no private key without a password: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, CURVE):
        raise ArchiveError(
            f"the key in {path} is not on the curve P-384, and players check no other; "
            "name a file that is not there yet, and a key is made in it"
        )
    return key


def _new_key(path: Path) -> bytes:
    key = ec.generate_private_key(CURVE())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return pem


def signed_data(key: ec.EllipticCurvePrivateKey, digest: str, created: str) -> dict[str, str]:
    """The member `signedData` of datapackage-digest.json. `digest` is signed as it is written."""
    r, s = decode_dss_signature(key.sign(digest.encode("ascii"), ec.ECDSA(hashes.SHA256())))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "hash": digest,
        "created": created,
        "software": f"zancrawler {__version__}",
        "publicKey": b64encode(public).decode("ascii"),
        # r and s one after the other, as Web Crypto has it (IEEE P1363).
        "signature": b64encode(r.to_bytes(_SCALAR) + s.to_bytes(_SCALAR)).decode("ascii"),
    }
