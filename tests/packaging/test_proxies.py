"""Parts of the compose file as processes: nodes over PostgreSQL and NATS, behind the proxies in deploy/ with TLS."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sodam_client import Client
from tests.support import tools, tree
from tests.support.guard import guarded
from tests.support.ports import Reserved
from tests.support.server import ServerFactory, ServerProcess

PROXIES: Final = tree.ROOT / "deploy/proxies"
FOUND: Final = [name for name in ("caddy", "nginx") if tools.find(name)]
START_SECONDS: Final = 120
PUBLIC: Final = "https://127.0.0.1"
"""Under which clients find files, as SODAM_MEDIA_ADDRESS says."""


def certificate(directory: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    (directory / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return directory / "cert.pem", directory / "key.pem"


@contextmanager
def running(name: str, directory: Path, nodes: list[str], cert: Path, key: Path) -> Iterator[str]:
    """The proxy's address."""
    made = {"caddy": caddy, "nginx": nginx}[name]
    reserved, place = Reserved(), directory / name
    place.mkdir()
    command, env = made(place, reserved.number, nodes, cert, key)
    with started(command, place, reserved.number, **env):
        yield f"https://127.0.0.1:{reserved.number}"


@contextmanager
def started(command: list[str], directory: Path, port: int, **env: str) -> Iterator[None]:
    log = directory / "proxy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **env}, cwd=directory)
    guarded().watch(process.pid)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(60)


def caddy(directory: Path, port: int, nodes: list[str], cert: Path, key: Path) -> tuple[list[str], dict[str, str]]:
    """The file as it is, but for where it listens and whose certificate it has."""
    text = (PROXIES / "Caddyfile").read_text()
    assert text.count("\t@outside") == 1
    text = text.replace("\t@outside", f"\ttls {cert} {key}\n\t@outside")
    (directory / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    program = tools.find("caddy") or "caddy"
    command = [program, "run", "--config", str(directory / "Caddyfile"), "--adapter", "caddyfile"]
    env = {"SODAM_DOMAIN": f"https://127.0.0.1:{port}", "SODAM_NODES": " ".join(nodes), "XDG_DATA_HOME": str(directory)}
    return command, {**env, "XDG_CONFIG_HOME": str(directory), "HOME": str(directory)}


def nginx(directory: Path, port: int, nodes: list[str], cert: Path, key: Path) -> tuple[list[str], dict[str, str]]:
    text = (PROXIES / "nginx.conf").read_text()
    text = re.sub(r"    (# )?server 127\.0\.0\.1:808\d (.*)\n", "", text)
    servers = "".join(f"    server {node} max_fails=1 fail_timeout=5s;\n" for node in nodes)
    text = text.replace("    least_conn;\n", f"    least_conn;\n{servers}")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace("chat.example.com;", "127.0.0.1;", 1)
    text = text.replace("/etc/ssl/chat.example.com.pem", str(cert)).replace("/etc/ssl/chat.example.com.key", str(key))
    return nginx_of(directory, text), {}


def nginx_of(directory: Path, text: str) -> list[str]:
    """The command that runs it with ``text`` in its http block, and everything that it writes in ``directory``."""
    places = "".join(
        f"{name}_temp_path {directory}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (directory / "nginx.conf").write_text(
        f"daemon off;\nworker_processes 1;\npid {directory}/pid;\nerror_log {directory}/error.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{\naccess_log off;\n{places}{text}}}\n"
    )
    return ["nginx", "-c", str(directory / "nginx.conf"), "-p", str(directory)]


async def used(server: ServerProcess, base: str, cert: Path) -> None:
    """What comes from outside: REST, both ends of a message over WebSocket, the console; and what must not come."""
    trust = ssl.create_default_context(cafile=str(cert))
    async with httpx.AsyncClient(verify=trust, base_url=base, timeout=60) as http:
        for path in ("/metrics", "/readyz", "/version", "/dev/clock"):
            assert (await http.get(path)).status_code == 404, path
        assert (await http.get("/console/")).status_code == 200
        assert (await http.get("/connect.js")).status_code == 200
        assert "RequestId" in (await http.post("/", content=b"{}")).text, "the cloud API"
        asked = server.query()
        wss = base.replace("https", "wss")
        async with (
            Client(wss, server.sdkappid, "ann", server.usersig("ann"), ssl_context=trust) as ann,
            Client(wss, server.sdkappid, "bob", server.usersig("bob"), ssl_context=trust) as bob,
        ):
            await ann.send_text("bob", f"through {base}")
            async for message in bob.messages():
                assert (message.sender, message.text) == ("ann", f"through {base}")
                break
            body = {"To_Account": ["ann"], "IsNeedDetail": 1}
            found = (await http.post("/v4/openim/query_online_status", params=asked, json=body)).json()
            assert found["ErrorCode"] == 0, found
            assert found["QueryResult"][0]["Status"] == "Online"
        # What goes up is had under the address that the answer names, whichever node is asked for it.
        file = os.urandom(300_000)
        named = asked | {"kind": "file", "file_name": "a.bin"}
        uploaded = (await http.post("/media/upload", params=named, content=file)).json()
        assert uploaded["ErrorCode"] == 0, uploaded
        assert uploaded["URL"].startswith(f"{PUBLIC}/"), "the address that clients know, not the node's own"
        for _ in range(3):
            got = await http.get(uploaded["URL"].removeprefix(PUBLIC))
            assert (got.status_code, got.content == file) == (200, True)


@pytest.mark.skipif(not FOUND, reason="neither caddy nor nginx is installed")
async def test_two_nodes_behind_a_proxy(server_factory: ServerFactory, tmp_path: Path) -> None:
    file: dict[str, Any] = yaml.safe_load((tree.ROOT / "deploy/docker/compose.yaml").read_text())
    given = file["services"]["node-1"]["environment"]
    media = tmp_path / "media"
    media.mkdir()
    ours = {"SODAM_MEDIA_URL": f"file://{media}", "SODAM_SECRET_KEY": "k" * 64, "SODAM_TRUSTED_PROXIES": "127.0.0.1"}
    ours |= {"SODAM_ROOT_PASSWORD": "Root-password-1", "SODAM_MEDIA_ADDRESS": PUBLIC, "SODAM_REQUIRE_DATA": "off"}
    assert given.keys() == ours.keys() | {"SODAM_DATABASE_URL", "SODAM_NATS_URL"}
    server = server_factory("postgres", nodes=2, nats=True, env=ours)
    cert, key = certificate(tmp_path)
    nodes = [node.url.removeprefix("http://") for node in server.nodes]
    assert len(nodes) == 2
    for name in FOUND:
        with running(name, tmp_path, nodes, cert, key) as address:
            await used(server, address, cert)
            server.nodes[1].kill()  # a node that dies is passed over, and nobody is told
            for _ in range(3):
                await used(server, address, cert)
        server.nodes[1].start()
