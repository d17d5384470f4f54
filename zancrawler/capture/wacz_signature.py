"""Does the signature of a WACZ hold (WACZ Signing and Verification 0.1.0)?

Whose the key is, nobody can tell from the package: a certificate's issuers and time-stamps are not
looked into.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


def signature_fault(signed: object, digest: str | None) -> str | None:
    """What is wrong with `signedData`, for a package description of this digest; None: nothing."""
    if not isinstance(signed, Mapping):
        return "its signedData is no JSON object"
    if signed.get("hash") != digest:
        return "what was signed is not the digest of datapackage.json"
    try:
        key = _key(signed)
        signature = b64decode(str(signed.get("signature")), validate=True)
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        return f"its key or signature cannot be read: {error}"
    size = (key.curve.key_size + 7) // 8
    if len(signature) == 2 * size:
        # r and s one after the other, as Web Crypto has it; authsign has DER.
        r, s = (int.from_bytes(signature[at : at + size]) for at in (0, size))
        signature = encode_dss_signature(r, s)
    try:
        key.verify(signature, str(digest).encode("ascii"), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return "its signature was not made of this digest with this key"
    return None


def _key(signed: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """Raises ValueError and UnsupportedAlgorithm."""
    if "publicKey" in signed:
        data = b64decode(str(signed["publicKey"]), validate=True)
        key = serialization.load_der_public_key(data)
    else:
        pem = str(signed.get("domainCert")).encode("utf-8")
        certificate: Any = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("it is no ECDSA key")
    return key
