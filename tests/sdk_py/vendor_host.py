"""The vendor's REST host, as a hosts file and a certificate of one's own would make it: for SDKs that fix the host.

A TLS relay on this machine shows a certificate for the name, and within this process the name resolves to the relay.
The SDK is not changed, and the server sees the vendor's name in the Host header.
"""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "console.tim.qq.com"


def certificate(directory: Path, host: str) -> Path:
    """A self-signed certificate for ``host``, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return  # closed: the test is over
        try:
            client = context.wrap_socket(plain, server_side=True)
        except OSError:
            plain.close()
            continue
        server = socket.create_connection(("127.0.0.1", port))
        for ends in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=ends, daemon=True).start()


@contextlib.contextmanager
def vendor_host(server_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While the block runs, ``https://console.tim.qq.com`` is the server at ``server_url``."""
    pem = certificate(directory, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    resolve = socket.getaddrinfo

    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = listener.getsockname()[1]

        def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            return resolve("127.0.0.1", here, *args, **kwargs) if host == HOST else resolve(host, port, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
        port = int(server_url.rsplit(":", 1)[1])
        threading.Thread(target=_serve, args=(listener, context, port), daemon=True).start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
