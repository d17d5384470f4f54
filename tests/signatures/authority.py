"""A certificate authority of a test: roots, issuers, and certificates of domains and of stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = timedelta(days=1)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Holder:
    """A key, its certificate, and those of its issuers up to the root."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    def issue(
        self,
        name: str,
        key: PrivateKey | None = None,
        begin: datetime | None = None,
        days: int = 90,
        ca: bool = False,
        domain: str | None = None,
        stamping: bool = False,
        path: int | None = None,
    ) -> Holder:
        key = key or new_key()
        made = _certificate(self, name, key, begin, days, ca, domain, stamping, path)
        return Holder(key, (made, *self.chain))

    def files(self, folder: Path, root: bool = True) -> tuple[Path, Path]:
        """As certbot leaves them: the key, and the chain."""
        folder.mkdir(exist_ok=True)
        key, chain = folder / "privkey.pem", folder / "fullchain.pem"
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        held = self.chain if root else self.chain[:-1]
        chain.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in held))
        return key, chain


def root(name: str = "A root") -> Holder:
    key = new_key()
    return Holder(key, (_certificate(None, name, key, None, 3650, True, None, False, None),))


@cache
def issuer() -> Holder:
    return root().issue("An issuer", ca=True, days=3000)


def site(domain: str = "news.example", **more: object) -> Holder:
    return issuer().issue(domain, domain=domain, **more)  # type: ignore[arg-type]


def _certificate(
    by: Holder | None,
    name: str,
    key: PrivateKey,
    begin: datetime | None,
    days: int,
    ca: bool,
    domain: str | None,
    stamping: bool,
    path: int | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
    start = begin or datetime.now(UTC) - DAY
    signs = by.key if by else key
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.chain[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + days * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(known, critical=False)
        .add_extension(_usage(ca), critical=True)
    )
    if domain:
        web = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        names = x509.SubjectAlternativeName([x509.DNSName(domain)])
        builder = builder.add_extension(names, critical=not name).add_extension(web, False)
    if stamping:
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamps, critical=True)
    return builder.sign(signs, hashes.SHA256())


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
