"""A certificate authority of the server's own, and the certificates that it signs for clients (X.509). Pure."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 365 * 20
DAYS: Final = 365 * 2
"""For which a client's certificate is good."""
_SLACK: Final = timedelta(hours=1)
"""Receivers' clocks may be behind."""


class Pair(NamedTuple):
    pem: str
    key: bytes
    """PEM, not encrypted."""


def authority(now: float) -> Pair:
    """A new one. ``now``: unix seconds."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Sodam webhooks {secrets.token_hex(4)}")])
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pair(certificate, key)


def client(by: Pair, name: str, now: float) -> Pair:
    """A certificate with which ``name`` says who it is."""
    issuer, signer = x509.load_pem_x509_certificate(by.pem.encode()), _key(by.key)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        _builder(subject, issuer.subject, key.public_key(), now, DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return _pair(certificate, key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: float, days: int
) -> x509.CertificateBuilder:
    begin = datetime.fromtimestamp(now, UTC) - _SLACK
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
    )


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    return Pair(
        certificate.public_bytes(Encoding.PEM).decode(),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


class Facts(NamedTuple):
    """What people compare."""

    subject: str
    serial: str
    fingerprint: str
    """SHA-256, in hexadecimal."""
    begins: int
    ends: int
    """Unix seconds."""


def facts(pem: str) -> Facts:
    found = x509.load_pem_x509_certificate(pem.encode())
    (name,) = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Facts(
        str(name.value),
        f"{found.serial_number:x}",
        found.fingerprint(hashes.SHA256()).hex(),
        int(found.not_valid_before_utc.timestamp()),
        int(found.not_valid_after_utc.timestamp()),
    )


def load(context: ssl.SSLContext, pair: Pair) -> ssl.SSLContext:
    """Have the context show this certificate to whoever asks."""
    with tempfile.TemporaryDirectory() as directory:  # ssl reads keys from files only; mode 0700
        path = Path(directory) / "client.pem"
        path.write_bytes(pair.key + pair.pem.encode())
        context.load_cert_chain(path)
    return context
