"""What operators do to an app in the console, as the official web SDK lives through it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from driver import SdkDriver, SdkError, texts
from scene import SignIn, UserId, conversation
from sodam import usersig
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory, ServerProcess


@pytest_asyncio.fixture
async def watched(server_factory: ServerFactory) -> AsyncIterator[tuple[ServerProcess, ConsoleClient]]:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root:
        await root.login()
        yield server, root


async def test_disabling_an_app_ends_its_sessions(
    watched: tuple[ServerProcess, ConsoleClient], sign_in_at: SignIn, user_id: UserId
) -> None:
    server, root = watched
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    await root.call("im/StopSdkAppId", SDKAppID=server.sdkappid)
    for client in (amy, bob):
        assert (await client.wait_event("KICKED_OUT")).data["type"] == "REST_API_Kick"
    with pytest.raises(SdkError) as refused:
        await amy.login(amy_id, server.usersig(amy_id))
    assert refused.value.code == 60016
    await root.call("im/StartSdkAppId", SDKAppID=server.sdkappid)
    await amy.login(amy_id, server.usersig(amy_id))
    await bob.login(bob_id, server.usersig(bob_id))
    await bob.send_text(amy_id, "open again")
    assert texts(await amy.wait_received(1)) == ["open again"]


async def test_withdrawing_a_key_ends_what_was_signed_with_it(
    watched: tuple[ServerProcess, ConsoleClient], sign_in_at: SignIn, user_id: UserId, sdk_driver: SdkDriver
) -> None:
    server, root = watched
    amy_id, bob_id = user_id("amy"), user_id("bob")
    sdk_driver.expected.add(70001)  # nobody has asked for the login by which the SDK comes back
    second = (await root.call("im/CreateSecret", SDKAppID=server.sdkappid))["Key"]
    newer = usersig.generate(server.sdkappid, second["Secret"], bob_id, now=int(time.time()))
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id, usersig=newer)
    await root.call("im/DeleteSecret", SDKAppID=server.sdkappid, KeyId=1)
    event = await amy.wait_event("KICKED_OUT", timeout=60)
    assert event.data["type"] == "userSigExpired"
    with pytest.raises(SdkError) as refused:
        await amy.login(amy_id, server.usersig(amy_id))
    assert refused.value.code == 70009
    await amy.login(amy_id, usersig.generate(server.sdkappid, second["Secret"], amy_id, now=int(time.time())))
    await amy.send_text(bob_id, "with the new key")
    assert texts(await bob.wait_received(1)) == ["with the new key"]
    assert not [e for e in bob.events if e.name == "KICKED_OUT"]


async def test_deleting_a_conversation_reaches_other_devices_where_the_app_says_so(
    watched: tuple[ServerProcess, ConsoleClient], sign_in_at: SignIn, user_id: UserId
) -> None:
    server, root = watched
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    await sign_in_at(server, cat_id)
    for peer in (bob_id, cat_id):
        await amy.send_text(peer, "hello")
        await amy.wait_until(lambda peer=peer: conversation(amy, peer) != {})

    async def delete(peer: str) -> None:
        body = {"From_Account": amy_id, "Type": 1, "To_Account": peer, "ClearRamble": 1}
        assert (await server.rest("recentcontact/delete", body))["ErrorCode"] == 0

    seen = len(amy.events)
    await delete(bob_id)
    await bob.send_text(amy_id, "and then")  # when this is here, the deletion would be, too
    await amy.wait_until(lambda: conversation(amy, bob_id)["lastMessage"]["payload"]["text"] == "and then")
    lists = [event.data for event in amy.events[seen:] if event.name == "CONVERSATION_LIST_UPDATED"]
    assert all(f"C2C{bob_id}" in [c["conversationID"] for c in listed] for listed in lists), lists

    settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
    await root.call(
        "im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], ConversationDeletionSync=True
    )
    await delete(cat_id)
    await amy.wait_until(lambda: conversation(amy, cat_id) == {})
    assert await amy.messages(cat_id) == []
