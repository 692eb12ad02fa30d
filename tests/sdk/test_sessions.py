"""Sign-in, kicks and lost servers as the official web SDK lives through them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest

from driver import NETWORK_TIMEOUT, SdkClient, SdkError, message_ref, texts
from scene import Server, SignIn, UserId, unread
from sodam import usersig
from sodam.apps.model import AppSettings
from sodam.storage import open_database
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess


async def test_a_signature_that_does_not_hold_is_refused_with_its_code(
    sign_in: SignIn, user_id: UserId, server: Server
) -> None:
    amy_id = user_id("amy")
    amy = await sign_in(amy_id, login=False)
    now = int(time.time())
    good = server.usersig(amy_id)
    bad = {
        "expired": (server.usersig(amy_id, expire=60, now=now - 3600), 70001),
        "cut off": (good[: len(good) // 2], 70003),
        "of another key": (usersig.generate(server.sdkappid, "0" * 64, amy_id, now=now), 70009),
        "of another user": (server.usersig(user_id("bob")), 70013),
        "of another app": (usersig.generate(server.sdkappid + 1, "0" * 64, amy_id, now=now), 70014),
    }
    for what, (signature, code) in bad.items():
        with pytest.raises(SdkError) as refused:
            await amy.login(amy_id, signature)
        assert refused.value.code == code, what
    await amy.login(amy_id, good)


async def test_a_second_login_on_the_platform_ends_the_first(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    bob = await sign_in(bob_id)
    first = await sign_in(amy_id)
    second = await sign_in(amy_id)
    event = await first.wait_event("KICKED_OUT")
    assert event.data["type"] == "multipleDevice"
    await bob.send_text(amy_id, "to whom?")
    assert texts(await second.wait_received(1)) == ["to whom?"]
    assert first.received() == []
    await first.login(amy_id, server.usersig(amy_id))
    assert (await second.wait_event("KICKED_OUT")).data["type"] == "multipleDevice"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_several_web_instances_and_features_that_change(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})

    async def change(**settings: Any) -> None:
        async with ConsoleClient(server.url) as root:
            await root.login()
            now = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
            await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=now["Version"], **settings)

    await change(WebInstances=2)
    amy_id, bob_id = user_id("amy"), user_id("bob")
    bob = await sign_in_at(server, bob_id)
    first, second = [await sign_in_at(server, amy_id) for _ in range(2)]
    await bob.send_text(amy_id, "to both")
    for tab in (first, second):
        assert texts(await tab.wait_received(1)) == ["to both"]
    third = await sign_in_at(server, amy_id)
    assert (await first.wait_event("KICKED_OUT")).data["type"] == "multipleDevice"
    await bob.send_text(amy_id, "to those who stayed")
    assert texts(await second.wait_received(2))[1:] == texts(await third.wait_received(1)) == ["to those who stayed"]
    # The SDK refuses what the app lacks; a client that is signed in learns that the app has it now.
    with pytest.raises(SdkError):
        await third.call("getUserStatus", {"userIDList": [bob_id]})
    await change(UserStatus=True)

    async def asked() -> bool:
        try:
            await third.call("getUserStatus", {"userIDList": [bob_id]})
        except SdkError:
            return False
        return True

    async with asyncio.timeout(90):
        while not await asked():
            await asyncio.sleep(0.2)
    await change(LoginType="single")
    assert (await second.wait_event("KICKED_OUT")).data["type"] == "multipleDevice"


async def test_a_kick_over_rest_ends_the_session_and_its_signature(
    sign_in: SignIn, user_id: UserId, server: Server
) -> None:
    amy_id = user_id("amy")
    old = server.usersig(amy_id)
    amy = await sign_in(amy_id, usersig=old)
    answer = await server.rest("im_open_login_svc/kick", {"UserID": amy_id})
    assert answer["ErrorCode"] == 0, answer
    assert (await amy.wait_event("KICKED_OUT")).data["type"] == "REST_API_Kick"
    with pytest.raises(SdkError) as refused:
        await amy.login(amy_id, old)
    assert refused.value.code == 70052


async def test_an_account_deleted_while_signed_in(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id = user_id("amy")
    amy = await sign_in(amy_id)
    answer = await server.rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": amy_id}]})
    assert answer["ErrorCode"] == 0, answer
    assert (await amy.wait_event("KICKED_OUT")).data["type"] == "REST_API_Kick"


async def test_logout_and_another_login_on_the_same_socket(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.logout()
    await bob.send_text(amy_id, "while away")
    assert (await server.rest("openim/query_online_status", {"To_Account": [amy_id]}))["QueryResult"][0][
        "Status"
    ] == "Offline"
    await amy.login(amy_id, server.usersig(amy_id))
    assert texts(await amy.messages(bob_id)) == ["while away"]
    await bob.send_text(amy_id, "back")
    assert texts(await amy.wait_received(1)) == ["back"]


async def test_recall_after_the_window_is_refused(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId
) -> None:
    server = server_factory()
    server.stop()
    database = await open_database(None, server.directory / "data")
    settings = AppSettings(recall_seconds=1)
    await database.execute(
        "UPDATE app SET settings = $1 WHERE sdkappid = $2", msgspec.json.encode(settings), server.sdkappid
    )
    await database.close()
    server.start()
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    message = await amy.send_text(bob_id, "too late to take back")
    await bob.wait_received(1)
    while int(time.time()) - message["time"] <= 1:
        await asyncio.sleep(0.1)
    with pytest.raises(SdkError) as refused:
        await amy.call("revokeMessage", message_ref(message))
    assert refused.value.code == 20016
    assert (await bob.messages(amy_id))[0]["isRevoked"] is False


async def _send_through(client: SdkClient, to: str, count: int, pause: float) -> list[str]:
    """Send messages one after the other whatever happens to the server, as an application that resends does."""
    ids = []
    for number in range(count):
        message = await client.create("text", to, {"text": f"message {number}"})
        method = "sendMessage"
        while True:
            try:
                await client.call(method, message_ref(message))
                break
            except SdkError:
                method = "resendMessage"
                await asyncio.sleep(0.2)
        ids.append(message["ID"])
        await asyncio.sleep(pause)
    return ids


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_server_that_dies_or_drains_and_comes_back(
    how: str, engine: Engine, server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId
) -> None:
    server: ServerProcess = server_factory(engine)
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    amy.driver.expected.add(NETWORK_TIMEOUT)
    sending = asyncio.create_task(_send_through(amy, bob_id, 100, 0.01))
    await bob.wait_received(25)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, server.kill if how == "kill" else server.stop)
    if how == "stop":
        assert server.exit_code == 0
    await loop.run_in_executor(None, server.start)
    if how == "stop":  # by themselves they come back with their next heartbeat, seconds later, as after a kill
        await asyncio.gather(amy.online(), bob.online())
    sent = await asyncio.wait_for(sending, 200)
    received: list[dict[str, Any]] = await bob.wait_received(100)
    assert sorted(m["ID"] for m in received) == sorted(sent)
    assert sorted(m["ID"] for m in await bob.messages(amy_id)) == sorted(sent)
    assert texts(received) == [f"message {n}" for n in range(100)]
    await bob.wait_until(lambda: unread(bob, amy_id) == 100)
    reply = await bob.send_text(amy_id, "all there")
    assert [m["ID"] for m in await amy.wait_received(1)] == [reply["ID"]]
