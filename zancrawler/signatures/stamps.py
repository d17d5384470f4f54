"""Time-stamps (RFC 3161): over what, when, and does the server's signature hold (RFC 5652)?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyasn1.codec.der.decoder import decode
from pyasn1.codec.der.encoder import encode
from pyasn1.error import PyAsn1Error
from pyasn1_modules import rfc3161, rfc5652

from .certificates import UNREADABLE, Chain, NoProofError, readable, sorted_chain

MAX_STAMP = 1 << 16
"""Bytes; one with its certificates has some six thousand."""
GRANTED = (0, 1)
"""PKIStatus granted, and grantedWithMods (RFC 3161, 2.4.2)."""
_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_SET = b"\x31"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a server answered."""

    moment: datetime
    chain: Chain
    """Its certificate and its issuers', as far as the answer holds them; empty if it holds none."""
    nonce: int | None
    _imprint: bytes
    _imprint_hash: hashes.HashAlgorithm
    _content: bytes
    _content_digest: bytes
    """As the server signed it."""
    _attributes: bytes
    _hash: hashes.HashAlgorithm
    _signature: bytes

    def check_over(self, data: bytes) -> None:
        """That it is on these bytes. Raises NoProofError."""
        if hashlib.new(self._imprint_hash.name, data).digest() != self._imprint:
            raise NoProofError("its time-stamp is on something else than its signature")

    def check_signed(self, certificate: x509.Certificate) -> None:
        """That the holder of this certificate signed it. Raises NoProofError."""
        if hashlib.new(self._hash.name, self._content).digest() != self._content_digest:
            raise NoProofError("what its time-stamp says is not what the server signed")
        try:
            key = certificate.public_key()
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(self._signature, self._attributes, padding.PKCS1v15(), self._hash)
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(self._signature, self._attributes, ec.ECDSA(self._hash))
            else:
                raise NoProofError("the key of its time-stamp is neither RSA nor ECDSA")
        except InvalidSignature:
            raise NoProofError("its time-stamp was not signed with its timestampCert") from None
        except UNREADABLE as error:
            raise NoProofError(f"the key of its time-stamp cannot be read: {error}") from error


def read_stamp(answer: bytes) -> Stamp:
    """Reads the answer of a time-stamping server (TimeStampResp, DER). Raises NoProofError."""
    if len(answer) > MAX_STAMP:
        raise NoProofError(f"its time-stamp has more than {MAX_STAMP} bytes")
    try:
        return _read(answer)
    except (PyAsn1Error, RecursionError, KeyError, IndexError, *UNREADABLE) as error:
        reason = str(error) or "it is no DER"
        raise NoProofError(f"its time-stamp cannot be read: {reason}") from error


def _read(answer: bytes) -> Stamp:
    told = _decoded(answer, rfc3161.TimeStampResp())
    status = told["status"]
    if int(status["status"]) not in GRANTED:
        said = status["statusString"]
        reasons = (
            ", ".join(ascii(str(one)) for one in said) if said.isValue else "it does not say why"
        )
        raise NoProofError(f"its time-stamp is a refusal to give one: {reasons}")
    token = told["timeStampToken"]
    if token["contentType"] != rfc5652.id_signedData:
        raise ValueError("it is not signed")
    signed = _decoded(bytes(token["content"]), rfc5652.SignedData())
    wrapped = signed["encapContentInfo"]
    if wrapped["eContentType"] != rfc3161.id_ct_TSTInfo:
        raise ValueError("what is signed is no time-stamp")
    content = bytes(wrapped["eContent"])
    info = _decoded(content, rfc3161.TSTInfo())
    imprint = info["messageImprint"]
    (signer,) = signed["signerInfos"]
    attributes = {str(one["attrType"]): one["attrValues"] for one in signer["signedAttrs"]}
    (content_type,) = attributes[str(rfc5652.id_contentType)]
    if _decoded(bytes(content_type), rfc5652.ContentType()) != rfc3161.id_ct_TSTInfo:
        raise ValueError("what is signed is called something else than a time-stamp")
    (digest,) = attributes[str(rfc5652.id_messageDigest)]
    return Stamp(
        moment=info["genTime"].asDateTime.astimezone(UTC),
        chain=_chain(signed["certificates"], signer["sid"]["issuerAndSerialNumber"]),
        nonce=int(info["nonce"]) if info["nonce"].isValue else None,
        _imprint=bytes(imprint["hashedMessage"]),
        _imprint_hash=_hash(imprint["hashAlgorithm"]),
        _content=content,
        _content_digest=bytes(_decoded(bytes(digest), rfc5652.MessageDigest())),
        # Signed as a SET, and written with a tag of their own (RFC 5652, 5.4).
        _attributes=_SET + encode(signer["signedAttrs"])[1:],
        _hash=_hash(signer["digestAlgorithm"]),
        _signature=bytes(signer["signature"]),
    )


def _decoded(data: bytes, kind: Any) -> Any:
    value, rest = decode(data, asn1Spec=kind)
    if rest:
        raise ValueError("something follows its end")
    return value


def _hash(algorithm: Any) -> hashes.HashAlgorithm:
    known = _HASHES.get(str(algorithm["algorithm"]))
    if known is None:
        raise ValueError("its hash is none of SHA-256, SHA-384 and SHA-512")
    return known()


def _chain(held: Any, signer: Any) -> Chain:
    if not held.isValue:
        return ()
    certificates = [
        readable(x509.load_der_x509_certificate(encode(one["certificate"]))) for one in held
    ]
    issuer, number = encode(signer["issuer"]), int(signer["serialNumber"])
    for one in certificates:
        if one.serial_number == number and one.issuer.public_bytes() == issuer:
            return sorted_chain(one, certificates)
    return ()
