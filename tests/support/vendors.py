"""Push services as tests need them: real TLS, HTTP/2 where it is asked for, answers as the test says."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import h2.config
import h2.connection
import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID


@dataclass
class Asked:
    """A request that came."""

    version: str
    """h2 or http/1.1."""
    path: str
    headers: dict[str, str]
    body: bytes
    client: str
    """The common name of the client's certificate; empty without one."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


Reply = tuple[int, dict[str, str], bytes]
Answering = Callable[[Asked], Reply | None]


def replying(status: int, body: Any = None, **headers: str) -> Answering:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return lambda asked: (status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self._certificate = self._sign(self._name, self._key.public_key(), None)
        (directory / "ca.pem").write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def _sign(self, subject: x509.Name, key: Any, host: str | None, days: float = 30) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(host is None, None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def issue(self, name: str, days: float = 30) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return key, self._sign(subject, key.public_key(), name, days)

    def p12(self, name: str, password: str, days: float = 30) -> bytes:
        key, certificate = self.issue(name, days)
        encryption = BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, encryption)

    def trusting(self) -> ssl.SSLContext:
        """For clients."""
        return ssl.create_default_context(cafile=str(self._directory / "ca.pem"))

    def serving(self, *, http2: bool) -> ssl.SSLContext:
        key, certificate = self.issue("localhost")
        path = self._directory / "server.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.load_verify_locations(self._directory / "ca.pem")
        context.verify_mode = ssl.CERT_OPTIONAL
        context.set_alpn_protocols(["h2"] if http2 else ["http/1.1"])
        return context


class VendorServer:
    """``answer`` gives status, headers and body, or None to close the connection without a word."""

    def __init__(self, authority: Authority, *, http2: bool) -> None:
        self.asked: list[Asked] = []
        self.answer: Answering = replying(200, {})
        self.connections = 0
        self._tls = authority.serving(http2=http2)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> VendorServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.url = f"https://localhost:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        tls = writer.get_extra_info("ssl_object")
        peer = tls.getpeercert() or {}
        client = dict(pair for part in peer.get("subject", ()) for pair in part).get("commonName", "")
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            await (self._h2 if tls.selected_alpn_protocol() == "h2" else self._h1)(reader, writer, client)
        self._open.discard(writer)
        writer.close()

    async def _h1(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: str) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            reply = self._reply(Asked("http/1.1", lines[0].split(" ")[1], headers, body, client))
            if reply is None:
                return
            status, more, raw = reply
            told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(raw)}\r\n{told}\r\n".encode() + raw)
            await writer.drain()

    async def _h2(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: str) -> None:
        conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        conn.initiate_connection()
        writer.write(conn.data_to_send())
        streams: dict[int, tuple[dict[str, str], bytearray]] = {}
        while data := await reader.read(65536):
            for event in conn.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    streams[event.stream_id] = ({str(k): str(v) for k, v in event.headers or ()}, bytearray())
                elif isinstance(event, h2.events.DataReceived):
                    streams[event.stream_id][1].extend(event.data)
                    conn.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    headers, body = streams.pop(event.stream_id)
                    reply = self._reply(Asked("h2", headers[":path"], headers, bytes(body), client))
                    if reply is None:
                        return
                    status, more, raw = reply
                    conn.send_headers(event.stream_id, [(":status", str(status)), *more.items()])
                    conn.send_data(event.stream_id, raw, end_stream=True)
            writer.write(conn.data_to_send())
            await writer.drain()

    def _reply(self, asked: Asked) -> Reply | None:
        self.asked.append(asked)
        return self.answer(asked)
