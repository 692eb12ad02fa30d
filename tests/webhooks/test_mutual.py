"""Mutual TLS: a receiver that demands a certificate of the server's own authority, and the change to the next one."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.console import PASSWORD, ConsoleClient
from tests.support.receiver import Receiver
from tests.support.server import Engine, ServerFactory
from tests.support.vendors import Authority
from tests.webhooks.conftest import Shop

COMMAND = "C2C.CallbackBeforeSendMsg"


@pytest_asyncio.fixture
async def strict(tmp_path: Path) -> AsyncIterator[tuple[Receiver, ssl.SSLContext, Path]]:
    """A receiver over TLS that takes nobody without a certificate, and does not know whom to trust yet."""
    authority = Authority(tmp_path)
    context = authority.serving(http2=False)
    context.verify_mode = ssl.CERT_REQUIRED
    async with Receiver(context) as receiver:
        yield receiver, context, tmp_path / "ca.pem"


async def test_a_receiver_that_demands_a_certificate(
    engine: Engine, server_factory: ServerFactory, strict: tuple[Receiver, ssl.SSLContext, Path]
) -> None:
    receiver, context, trusted = strict
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD, "SSL_CERT_FILE": str(trusted)})
    async with ConsoleClient(server.url) as root:
        await root.login()
        shop = Shop(server, root, receiver)
        await shop.configure([COMMAND], C2CFailure="refuse")
        await shop.users("ann", "bob")
        assert (await shop.say("ann", "bob", "without"))["ErrorCode"] == 80003
        (failed,) = (await shop.console("DescribeCallbackLog"))["Deliveries"]
        assert failed["Outcome"] in ("tls", "broken"), failed
        assert receiver.got == []

        first = await shop.console("RotateCallbackCertificate")
        assert (await shop.say("ann", "bob", "not trusted yet"))["ErrorCode"] == 80003
        context.load_verify_locations(cadata=first["Authority"])
        assert (await shop.say("ann", "bob", "first"))["ErrorCode"] == 0
        assert [got.client for got in receiver.got] == [f"sodam-webhook-{server.sdkappid}"]
        (one,) = first["Certificates"]
        assert receiver.got[-1].serial == one["Serial"]

        second = await shop.console("RotateCallbackCertificate", Days=3)
        assert second["Authority"] == first["Authority"]
        assert [c["InUse"] for c in second["Certificates"]] == [False, True]
        await shop.say("ann", "bob", "the old one")
        assert receiver.got[-1].serial == one["Serial"]
        replaced = await shop.console("RotateCallbackCertificate")
        assert [c["Number"] for c in replaced["Certificates"]] == [3, 1], "one that was not used yet is replaced"
        used = await shop.console("UseCallbackCertificate")
        assert [c["InUse"] for c in used["Certificates"]] == [True, False]
        server.kill()
        server.start()
        await shop.say("ann", "bob", "the new one")
        assert receiver.got[-1].serial == used["Certificates"][0]["Serial"] != one["Serial"]
        assert "PRIVATE KEY" not in str(used)

    async with ConsoleClient(server.url) as root:
        await root.login()
        shop.root = root
        assert (await shop.console("DeleteCallbackCertificates"))["Certificates"] == []
        assert (await shop.say("ann", "bob", "none"))["ErrorCode"] == 80003
