"""What a TLS connection says of itself: version, cipher suite, certificates."""

from __future__ import annotations

import re
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from .exchange import Tls

_PROTOCOLS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3"}
MAX_CERTIFICATES = 10

# OpenSSL's names of the certificate-authenticated suites before TLS 1.3. Those with pre-shared
# keys or without authentication are offered by no crawler.
_SUITE = re.compile(
    r"(?:(?P<exchange>ECDHE|DHE)-(?P<authentication>RSA|ECDSA|DSS)-)?"
    r"(?:(?P<cipher>AES|CAMELLIA)(?P<bits>128|256)(?:-(?P<mode>GCM|CCM8|CCM))?(?:-(?P<mac>SHA\d*))?"
    r"|(?P<chacha>CHACHA20-POLY1305))"
)


def tls_of(connection: Any) -> Tls | None:
    """The session of a pyOpenSSL connection; None before the handshake is done."""
    suite = connection.get_cipher_name()
    if suite is None:
        return None
    version = connection.get_protocol_version_name()
    chain = connection.get_peer_cert_chain(as_cryptography=True) or []
    return Tls(
        protocol=_PROTOCOLS.get(version, version.lower()),
        cipher_suite=iana_name(suite),
        certificates=tuple(
            certificate.public_bytes(Encoding.DER) for certificate in chain[:MAX_CERTIFICATES]
        ),
    )


def iana_name(suite: str) -> str | None:
    """OpenSSL's name of a cipher suite as IANA registers it; None for one that we do not know."""
    if suite.startswith("TLS_"):
        return suite
    found = _SUITE.fullmatch(suite)
    if found is None:
        return None
    if found["exchange"]:
        prefix = f"TLS_{found['exchange']}_{found['authentication']}_WITH_"
    else:
        prefix = "TLS_RSA_WITH_"
    if found["chacha"]:
        return prefix + "CHACHA20_POLY1305_SHA256"
    mode = {None: "CBC", "CCM8": "CCM_8"}.get(found["mode"], found["mode"])
    parts = (found["cipher"], found["bits"], mode, found["mac"])
    return prefix + "_".join(part for part in parts if part)
