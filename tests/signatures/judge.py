"""authsign, which verifies what signs packages for a domain; told to trust the roots of a test."""

from __future__ import annotations

import json
from pathlib import Path

from authsign.verifier import Verifier
from cryptography import x509
from cryptography.hazmat.primitives import hashes


def authsign(trusted: dict[str, str], folder: Path) -> Verifier:
    """Its verifier, which trusts the last certificates of this signature; it raises on others."""

    def last(part: str) -> str:
        chain = x509.load_pem_x509_certificates(trusted[part].encode())
        return chain[-1].fingerprint(hashes.SHA256()).hex()

    roots = {
        "domain_cert_roots": [last("domainCert")],
        "timestamp_cert_roots": [last("timestampCert")],
    }
    (folder / "roots.yaml").write_text(json.dumps(roots))
    return Verifier(str(folder / "roots.yaml"))
