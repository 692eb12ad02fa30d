"""Accounts, profiles and presence with signed-in clients, on one node and on two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sodam_client import Client, KickedError, LoginError, Push, RequestError
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

NICK, LEVEL = "Tag_Profile_IM_Nick", "Tag_Profile_IM_Level"


def client(server: ServerProcess, user_id: str, pushes: list[Push] | None = None) -> Client:
    on_push = None if pushes is None else pushes.append
    return Client(server.ws_url, server.sdkappid, user_id, server.usersig(user_id), on_push=on_push)


async def status(server: ServerProcess, user_id: str) -> dict[str, Any]:
    answer = await server.rest("openim/query_online_status", {"To_Account": [user_id], "IsNeedDetail": 1})
    result = answer["QueryResult"][0]
    assert isinstance(result, dict)
    return result


def online(server: ServerProcess, user_id: str, wanted: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return bool((await status(server, user_id))["Status"] == wanted)

    return check


def notices(pushes: list[Push]) -> list[Any]:
    return [item for push in pushes for event in push.body["EventArray"] for item in event.get("ProfileDataMod", ())]


async def ended(user: Client) -> KickedError:
    """Why the server signed ``user`` out."""

    async def read() -> None:
        async for _ in user.messages():
            pass

    with pytest.raises(KickedError) as kicked:
        await asyncio.wait_for(read(), 90)
    return kicked.value


async def test_a_client_reads_and_writes_profiles(server: ServerProcess) -> None:
    await server.rest("im_open_login_svc/account_import", {"UserID": "live_b", "Nick": "Bea"})
    async with client(server, "live_a") as a:
        items = [{"Tag": NICK, "Value": "Ann"}, {"Tag": LEVEL, "Value": 2}]
        await a.request("profile.portrait_set", {"From_Account": "live_a", "ProfileItem": items})
        wanted = [{"To_Account": u, "StandardSequence": 0, "CustomSequence": 0} for u in ("live_a", "live_b", "ghost")]
        answer = await a.request("profile.portrait_get_all", {"From_Account": "live_a", "UserItem": wanted})
        assert [(i["To_Account"], i["ProfileItem"], i["StandardSequence"]) for i in answer["UserProfileItem"]] == [
            ("live_a", items, 1),
            ("live_b", [{"Tag": NICK, "Value": "Bea"}], 1),
        ]
        for body, code in (
            ({"From_Account": "live_b", "ProfileItem": items}, 40004),
            ({"From_Account": "live_a", "ProfileItem": [{"Tag": NICK, "Value": 1}]}, 40610),
            (
                {
                    "From_Account": "live_a",
                    "ProfileItem": [{"Tag": "Tag_Profile_IM_AdminForbidType", "Value": "AdminForbid_Type_None"}],
                },
                40008,
            ),
        ):
            with pytest.raises(RequestError) as refused:
                await a.request("profile.portrait_set", body)
            assert refused.value.code == code
        stored = await server.rest("profile/portrait_get", {"To_Account": ["live_b"], "TagList": [NICK]})
        assert stored["UserProfileItem"][0]["ProfileItem"] == [{"Tag": NICK, "Value": "Bea"}]


async def test_a_device_hears_of_its_user_s_profile(server: ServerProcess) -> None:
    pushes: list[Push] = []
    async with client(server, "live_c", pushes) as c:
        body = {"From_Account": "live_c", "ProfileItem": [{"Tag": NICK, "Value": "Cem"}, {"Tag": LEVEL, "Value": 4}]}
        assert (await server.rest("profile/portrait_set", body))["ErrorCode"] == 0

        async def heard() -> bool:
            return bool(notices(pushes))

        await eventually(heard, True)
        assert notices(pushes) == [
            {
                "PushType": 1,
                "Profile_Account": "live_c",
                "ProfileList": [{"Tag": NICK, "ValueBytes": "Cem"}, {"Tag": LEVEL, "ValueNum": 4}],
            }
        ]
        # Nothing is new, so nobody is told; an import that changes something is told.
        await server.rest("profile/portrait_set", body)
        await server.rest("im_open_login_svc/account_import", {"UserID": "live_c", "Nick": "Cem II"})

        async def heard_again() -> bool:
            return len(notices(pushes)) > 1

        await eventually(heard_again, True)
        assert notices(pushes)[1]["ProfileList"] == [{"Tag": NICK, "ValueBytes": "Cem II"}]
        # The device that asks knows already.
        await c.request("profile.portrait_set", {"From_Account": "live_c", "ProfileItem": [{"Tag": LEVEL, "Value": 5}]})
        assert len(notices(pushes)) == 2


async def test_status_kick_and_deletion(server: ServerProcess) -> None:
    assert (await server.rest("im_open_login_svc/account_import", {"UserID": "live_d"}))["ErrorCode"] == 0
    assert (await status(server, "live_d"))["Status"] == "Offline"
    old = server.usersig("live_d")
    async with Client(server.ws_url, server.sdkappid, "live_d", old) as d:
        assert (await status(server, "live_d"))["Detail"][0]["Platform"] == "Web"
        assert (await server.rest("im_open_login_svc/kick", {"UserID": "live_d"}))["ErrorCode"] == 0
        assert (await ended(d)).kick_type == 3
    await eventually(online(server, "live_d", "Offline"), True)
    with pytest.raises(LoginError) as refused:
        async with Client(server.ws_url, server.sdkappid, "live_d", old):
            pass
    assert refused.value.code == 70052
    fresh = server.usersig("live_d", now=int(time.time()) + 2)
    async with Client(server.ws_url, server.sdkappid, "live_d", fresh) as d:
        deleted = await server.rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "live_d"}]})
        assert deleted["ResultItem"][0]["ResultCode"] == 0
        assert (await ended(d)).kick_type == 3
    # A device with a good signature does not bring the account back.
    with pytest.raises(LoginError) as refused:
        async with Client(server.ws_url, server.sdkappid, "live_d", fresh):
            pass
    assert refused.value.code == 70399


async def test_two_nodes_are_one_server(server_factory: ServerFactory) -> None:
    first, second = server_factory("postgres", nodes=2, nats=True).nodes
    pushes: list[Push] = []
    await first.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["c_a", "c_b"]})
    async with client(second, "c_a", pushes) as a:
        for node in (first, second):

            async def platforms(node: ServerProcess = node) -> list[str]:
                return [device["Platform"] for device in (await status(node, "c_a")).get("Detail", ())]

            await eventually(platforms, ["Web"])
            assert (await status(node, "c_b"))["Status"] == "Offline"
        await eventually(lambda: second.listens("c_a"), True)
        body = {"From_Account": "c_a", "ProfileItem": [{"Tag": NICK, "Value": "Ann"}]}
        assert (await first.rest("profile/portrait_set", body))["ErrorCode"] == 0

        async def heard() -> bool:
            return bool(notices(pushes))

        async def seen() -> bool:
            answer = await second.rest("profile/portrait_get", {"To_Account": ["c_a"], "TagList": [NICK]})
            return bool(answer["UserProfileItem"][0]["ProfileItem"] == body["ProfileItem"])

        await eventually(heard, True)
        await eventually(seen, True)
        assert (await first.rest("im_open_login_svc/kick", {"UserID": "c_a"}))["ErrorCode"] == 0
        assert (await ended(a)).kick_type == 3
    for node in (first, second):
        await eventually(online(node, "c_a", "Offline"), True)
    async with client(second, "c_b"):
        await eventually(online(first, "c_b", "Online"), True)
        second.kill()
        # A dead node's sessions are gone; the first question may wait for it, no answer counts it.
        begin = time.monotonic()
        assert (await status(first, "c_b"))["Status"] == "Offline"
        assert time.monotonic() - begin < 30  # half a second
