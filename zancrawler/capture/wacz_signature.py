"""Does the signature of a WACZ hold (WACZ Signing and Verification 0.1.0)?

An anonymous one shows that whoever holds a key packed it. One for a domain shows that the key is
that of a certificate for the domain, and when a time-stamping server saw the signature. Whether to
trust those who issued the two chains, nobody can tell from the package.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from zancrawler.signatures.certificates import (
    UNREADABLE,
    Chain,
    NoProofError,
    check_chain,
    check_domain,
    check_stamping,
    read_chain,
)

VERSION = "0.1.0"
STAMPED_WITHIN = timedelta(minutes=10)
"""How far the time-stamp may be from the time that the signer says (step 7 of the standard)."""
_ANY = frozenset({"hash", "created", "software", "version", "signature"})
_ANONYMOUS = _ANY | {"publicKey"}
_OF_DOMAIN = _ANY | {"domain", "domainCert", "timeSignature", "timestampCert", "crossSignedCert"}


def signature_fault(signed: object, digest: str | None) -> str | None:
    """What is wrong with `signedData`, for a package description of this digest; None: nothing."""
    try:
        _check(signed, digest)
    except NoProofError as error:
        return str(error)
    return None


def signer(signed: Mapping[str, Any]) -> str:
    """Who made a signature that holds, and what nobody can tell offline, in one sentence."""
    if "publicKey" in signed:
        return "signed with a key of which nothing in it says whose it is"
    roots = (read_chain(signed[part])[-1] for part in ("domainCert", "timestampCert"))
    domain, stamp = (root.fingerprint(hashes.SHA256()).hex() for root in roots)
    return (
        f"signed for {signed['domain']} at {signed['created']}, if you trust the certificates that "
        f"its two chains end with: SHA-256 {domain} for the domain, {stamp} for the time"
    )


def _check(signed: object, digest: str | None) -> None:
    if not isinstance(signed, Mapping):
        raise NoProofError("its signedData is no JSON object")
    if digest is None or signed.get("hash") != digest:
        raise NoProofError("what was signed is not the digest of datapackage.json")
    known = _ANONYMOUS if "publicKey" in signed else _OF_DOMAIN
    if strange := sorted(signed.keys() - known):
        raise NoProofError(f"its signedData has what the standard forbids: {strange}")
    for part, value in signed.items():
        if not isinstance(value, str) and (part, value) != ("crossSignedCert", None):
            raise NoProofError(f"its {part} is no text")
    if "publicKey" in signed:
        _check_signed(signed, _public_key(signed["publicKey"]), digest)
    else:
        _check_of_domain(signed, digest)


def _check_of_domain(signed: Mapping[str, str], digest: str) -> None:
    for part in ("signature", "created", "domain", "domainCert", "timeSignature", "timestampCert"):
        if part not in signed:
            raise NoProofError(f"its signedData has no {part}, and no publicKey either")
    created = _moment(signed["created"])
    chain = _chain(signed, "domainCert")
    key = _leaf_key(chain)
    _check_signed(signed, key, digest)
    check_domain(chain, signed["domain"], created)
    _check_stamp(signed, created)
    if signed.get("crossSignedCert"):
        crossed = _chain(signed, "crossSignedCert")
        check_chain(crossed, created)
        if _leaf_key(crossed) != key:
            raise NoProofError("its crossSignedCert is for another key")


def _check_stamp(signed: Mapping[str, str], created: datetime) -> None:
    # Its parser takes longer to load than the rest of a check takes.
    from zancrawler.signatures.stamps import read_stamp

    stamp = read_stamp(_bytes(signed, "timeSignature"))
    # On the text and not on what it encodes: authsign does so, the standard leaves it open.
    stamp.check_over(signed["signature"].encode("utf-8"))
    chain = _chain(signed, "timestampCert")
    stamp.check_signed(chain[0])
    check_stamping(chain, stamp.moment)
    if abs(stamp.moment - created) > STAMPED_WITHIN:
        raise NoProofError(
            f"its time-stamp is of {stamp.moment:%Y-%m-%d %H:%M:%S} UTC, more than "
            f"{STAMPED_WITHIN.seconds // 60} minutes from when it says that it was signed"
        )


def _check_signed(signed: Mapping[str, str], key: ec.EllipticCurvePublicKey, digest: str) -> None:
    signature = _bytes(signed, "signature")
    size = (key.curve.key_size + 7) // 8
    if len(signature) == 2 * size:
        # r and s one after the other, as Web Crypto has it; authsign has DER.
        r, s = (int.from_bytes(signature[at : at + size]) for at in (0, size))
        signature = encode_dss_signature(r, s)
    try:
        key.verify(signature, digest.encode("ascii"), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise NoProofError("its signature was not made of this digest with this key") from None


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_der_public_key(b64decode(text, validate=True))
    except (binascii.Error, *UNREADABLE) as error:
        raise NoProofError(f"its key cannot be read: {error}") from error
    return _ecdsa(key)


def _leaf_key(chain: Chain) -> ec.EllipticCurvePublicKey:
    try:
        return _ecdsa(chain[0].public_key())
    except UNREADABLE as error:
        raise NoProofError(f"its key cannot be read: {error}") from error


def _ecdsa(key: object) -> ec.EllipticCurvePublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise NoProofError("its key is no ECDSA key")
    return key


def _chain(signed: Mapping[str, str], part: str) -> Chain:
    try:
        return read_chain(signed[part])
    except NoProofError as error:
        raise NoProofError(f"its {part} {error}") from error


def _bytes(signed: Mapping[str, str], part: str) -> bytes:
    try:
        return b64decode(signed.get(part, ""), validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoProofError(f"its {part} cannot be read: {error}") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise NoProofError(f"{text!r} is no time (created)") from error
