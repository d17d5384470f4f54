"""Chains of certificates, as a signed package holds them (RFC 5280): does one lead to the next?

Whether to trust the last one, no package can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

Chain = tuple[x509.Certificate, ...]

MAX_PEM = 1 << 16
"""Characters; a chain with its root has some six thousand."""
MAX_CHAIN = 10
# What cryptography raises for a certificate that is none, or a strange one.
UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class NoProofError(Exception):
    """A signature, certificate or time-stamp does not hold; the message says why."""


def read_chain(pem: str) -> Chain:
    """The certificates of a PEM text, that of the key's owner first. Raises NoProofError."""
    if len(pem) > MAX_PEM:
        raise NoProofError(f"is longer than {MAX_PEM} characters")
    try:
        chain = tuple(map(readable, x509.load_pem_x509_certificates(pem.encode("utf-8"))))
    except UNREADABLE as error:
        raise NoProofError(f"cannot be read: {error}") from error
    if len(chain) > MAX_CHAIN:
        raise NoProofError(f"has more than {MAX_CHAIN} certificates")
    return chain


def readable(certificate: x509.Certificate) -> x509.Certificate:
    """The same, all parsed that is asked for later. Raises what UNREADABLE names."""
    for part in (certificate.subject, certificate.issuer):
        part.rfc4514_string()
    certificate.public_key()
    if certificate.not_valid_before_utc > certificate.not_valid_after_utc:
        raise ValueError("it ends before it begins")
    len(certificate.extensions)
    return certificate


def written(chain: Chain) -> str:
    """As PEM, with the empty lines between them by which ReplayWeb.page tells one from the next."""
    return "\n".join(part.public_bytes(Encoding.PEM).decode("ascii") for part in chain)


def check_chain(chain: Chain, moment: datetime) -> None:
    """That each was issued by the next, which may issue some, and all were valid at a moment (UTC).

    Raises NoProofError.
    """
    for part in chain:
        begin, end = part.not_valid_before_utc, part.not_valid_after_utc
        if not begin <= moment <= end:
            raise NoProofError(
                f"the certificate of {name(part)} is valid from {begin:%Y-%m-%d %H:%M} to "
                f"{end:%Y-%m-%d %H:%M} UTC, and not at {moment:%Y-%m-%d %H:%M}"
            )
    for issued, issuer in pairwise(chain):
        try:
            issued.verify_directly_issued_by(issuer)
        except (InvalidSignature, *UNREADABLE):
            raise NoProofError(
                f"the certificate of {name(issued)} was not issued with the next one, "
                f"that of {name(issuer)}"
            ) from None
        if not _may_issue(issuer):
            raise NoProofError(f"the certificate of {name(issuer)} may issue no others")


def check_domain(chain: Chain, domain: str, moment: datetime) -> None:
    """That a chain is one of a web server of this domain. Raises NoProofError."""
    names = _domains(chain[0])
    if domain.lower() not in names:
        raise NoProofError(
            f"its certificate is for {', '.join(names) or 'no domain'}, not {domain!r}"
        )
    if len(chain) == 1:
        raise NoProofError("its certificate comes without that of its issuer")
    check_chain(chain, moment)
    # What is left: how long a chain an issuer allows, for which names, and uses of the keys.
    policy = PolicyBuilder().store(Store([chain[-1]]))
    policy = policy.time(moment.replace(tzinfo=None))
    try:
        verifier = policy.build_server_verifier(x509.DNSName(domain))
        verifier.verify(chain[0], list(chain[1:-1]))
    except (VerificationError, *UNREADABLE) as error:
        raise NoProofError(f"its certificate is not one of {domain}: {error}") from error


def check_stamping(chain: Chain, moment: datetime) -> None:
    """That a chain is one of a time-stamping server (RFC 3161, 2.3). Raises NoProofError."""
    try:
        use = chain[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        is_for_stamps = use.critical and list(use.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    except (x509.ExtensionNotFound, *UNREADABLE):
        is_for_stamps = False
    if not is_for_stamps:
        raise NoProofError(f"the certificate of {name(chain[0])} is not one for time-stamps")
    check_chain(chain, moment)


def sorted_chain(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> Chain:
    """From a certificate as far up as these others lead."""
    chain = [leaf]
    while len(chain) < MAX_CHAIN:
        issuers = [other for other in others if other not in chain and _issued(other, chain[-1])]
        if not issuers:
            break
        chain.append(issuers[0])
    return tuple(chain)


def domain_of(certificate: x509.Certificate) -> str | None:
    """The domain that it is first of all for: its common name, or the first of its names.

    authsign knows no other.
    """
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    first = next(iter(_domains(certificate)), None)
    return str(common[0].value) if common else first


def name(certificate: x509.Certificate) -> str:
    """What to call it in a sentence."""
    text = certificate.subject.rfc4514_string() or ", ".join(_domains(certificate)) or "nobody"
    return text if text.isprintable() else ascii(text)


def _domains(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return [one.lower() for one in names.value.get_values_for_type(x509.DNSName)]
    except (x509.ExtensionNotFound, *UNREADABLE):
        return []


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
