"""The README, taken literally: its programs and its command lines run against the real server."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import os
import re
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from reading import SECONDS, SignIn, accounts, say, texts, until
from wire import Wire

import sodam_client
from tests.support.server import ServerFactory, ServerProcess

README = Path(__file__).parents[1] / "README.md"
ROOT = README.parents[2]
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README.read_text(), re.S)
PROGRAMS = {code.split("\n", 1)[0].removeprefix("# "): code for kind, code in BLOCKS if kind == "python"}
COMMANDS = [code for kind, code in BLOCKS if kind == "sh"]


class Place:
    """A folder with the programs of the README, and the installed package beside it."""

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        for file, code in PROGRAMS.items():
            (folder / file).write_text(code)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SODAM_"))},
            "PYTHONPATH": str(site),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    @contextlib.asynccontextmanager
    async def running(self, file: str, server: ServerProcess, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the command line of a program; it ends with the test, by SIGKILL."""
        (command,) = (command for command in COMMANDS if f"python {file}" in command)
        user = file.removesuffix(".py")
        variables = {"URL": server.ws_url, "SDKAPPID": str(server.sdkappid), "USERSIG": server.usersig(user), **more}
        process = await asyncio.create_subprocess_shell(
            command.replace("python ", "exec python "),
            cwd=self.folder,
            env={**self.environment, **variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the install line of the README puts the package; what it needs is there already."""
    import subprocess

    target = tmp_path_factory.mktemp("site")
    settings = {"PIP_TARGET": str(target), "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = COMMANDS[0].replace("pip ", f"{sys.executable} -m pip -q --disable-pip-version-check ")
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env={**os.environ, **settings, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (target / "sodam_client" / "py.typed").exists()
    return target


@pytest.fixture
def place(tmp_path: Path, site: Path) -> Place:
    folder = tmp_path / "programs"
    folder.mkdir()
    return Place(folder, site)


async def signed_in(server: ServerProcess, user: str) -> None:
    """Wait until a user is online."""
    async with asyncio.timeout(90):
        while True:
            answer = await server.rest("openim/query_online_status", {"To_Account": [user]})
            if answer["QueryResult"] and answer["QueryResult"][0]["Status"] == "Online":
                return
            await asyncio.sleep(0.05)


async def test_the_echo_bot_answers(server: ServerProcess, sign_in: SignIn, place: Place) -> None:
    await accounts(server, "echo")
    person = await sign_in("readme-ann")
    async with place.running("echo.py", server):
        await signed_in(server, "echo")
        async with asyncio.timeout(SECONDS):
            # It answers what comes from its first look on, which follows a moment after it is online.
            while not person._inbox._count:
                await person.send_text("echo", "hello")
                await asyncio.sleep(0.2)
        assert await texts(person, 1) == ["You said: hello"]


async def test_the_keeper_answers_what_came_while_it_did_not_run(
    server: ServerProcess, sign_in: SignIn, place: Place
) -> None:
    await accounts(server, "keeper")
    person = await sign_in("readme-ben")
    stored = place.folder / "keeper.position"
    waiting: list[str] = []
    last = ""
    for turn in range(3):
        async with place.running("keeper.py", server):
            await signed_in(server, "keeper")
            got = await texts(person, len(waiting))
            if got[:1] == [last]:  # it was killed between its answer and the storing of its position
                got = got[1:] + await texts(person, 1)
            assert got == waiting
            await until(stored.exists)
            last = f"You said: {turn} here"
            await person.send_text("keeper", f"{turn} here")
            assert await texts(person, 1) == [last]
        for number in range(25):
            await person.send_text("keeper", f"{turn} away {number}")
        waiting = [f"You said: {turn} away {number}" for number in range(25)]


async def test_what_waited_before_the_first_start_is_answered_once(
    server: ServerProcess, sign_in: SignIn, place: Place
) -> None:
    await accounts(server, "waiting")
    person = await sign_in("readme-cyd")
    lines = [f"line {number}" for number in range(130)]
    await say(server, person.user_id, "waiting", *lines)
    async with place.running("waiting.py", server):
        assert await texts(person, 130) == [f"You said: {line}" for line in lines]
        await person.send_text("waiting", "and now")
        assert await texts(person, 1) == ["You said: and now"]
        for conversation in await person.conversations():
            assert conversation.user == "waiting"


async def test_a_private_authority_is_trusted_when_it_is_named_and_only_then(
    server_factory: ServerFactory, place: Place, tmp_path: Path
) -> None:
    server = server_factory()
    ca_file, context = private_authority(tmp_path)
    async with Wire(server.ws_url, context) as wire:
        url = wire.url.replace("ws://127.0.0.1", "wss://localhost")
        async with place.running("private.py", server, WSS_URL=url, CA_FILE=str(ca_file)) as process:
            output, _ = await process.communicate()
            assert (output, process.returncode) == (b"signed in as private\n", 0)
        variables = {"WSS_URL": url, "CA_FILE": os.devnull}
        async with place.running("private.py", server, **variables) as process:
            output, _ = await process.communicate()
            assert process.returncode == 1
        async with place.running("echo.py", server, URL=url, SSL_CERT_FILE=str(ca_file)):
            await signed_in(server, "echo")
        async with place.running("echo.py", server, URL=url) as process:
            output, _ = await process.communicate()
            assert b"ConnectionLostError" in output
            assert b"certificate" in output.lower()


def private_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that no system trusts: its file, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "ca.pem", folder / "key.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_file, key_file)
    return ca_file, context


def test_every_program_has_a_command_and_every_class_a_line() -> None:
    assert set(PROGRAMS) == {"echo.py", "keeper.py", "waiting.py", "private.py"}
    text = README.read_text()
    for exported in sodam_client.__all__:
        assert f"`{exported}" in text, f"{exported} is not explained"
    for struct in (
        sodam_client.Message,
        sodam_client.Element,
        sodam_client.Sent,
        sodam_client.History,
        sodam_client.Conversation,
        sodam_client.Push,
    ):
        (row,) = re.findall(rf"^\| `{struct.__name__}` \| (.*) \|$", text, re.M)
        for field in struct.__struct_fields__:
            if struct is sodam_client.History and field in ("msg_key", "last_msg_key"):
                continue  # the two names of last_key on the wire
            assert f"`{field}`" in row, f"{struct.__name__}.{field} is not explained"
