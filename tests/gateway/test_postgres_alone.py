"""Two processes over PostgreSQL without NATS behave as one server, and see what commands write."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from sodam.bus.cache import MAX_AGE
from tests.gateway.conftest import SignIn
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

UserId = Callable[[str], str]
Nodes = tuple[ServerProcess, ServerProcess]
SOON = MAX_AGE - 5
"""Seconds, sooner than a node would look by itself; live events take some milliseconds."""


@pytest.fixture
def nodes(server_factory: ServerFactory) -> Nodes:
    one, two = server_factory("postgres", nodes=2, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    return one, two


def sodam(server: ServerProcess, *arguments: str, stdin: str = "") -> str:
    """Run a command beside the server, on the same database."""
    done = subprocess.run(
        [sys.executable, "-m", "sodam", *arguments],
        env={**os.environ, **{k: v for k, v in server._env.items() if k.startswith("SODAM_")}},
        cwd=server.directory,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_messages_kicks_and_presence(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    one, two = nodes
    amy, bob = await sign_in(one, user_id("amy")), await sign_in(two, user_id("bob"))
    for number in range(50):
        await amy.send_text(bob.user_id, f"to bob {number}")
        await bob.send_text(amy.user_id, f"to amy {number}")
    await amy.wait(lambda: len(amy.texts()) == 50, timeout=SOON)
    await bob.wait(lambda: len(bob.texts()) == 50, timeout=SOON)
    assert amy.texts() == [f"to amy {number}" for number in range(50)]
    online = {"To_Account": [amy.user_id, bob.user_id]}

    async def states() -> list[str]:
        answer = await one.rest("openim/query_online_status", online)
        return [item["Status"] for item in answer.get("QueryResult", [])]

    await eventually(states, ["Online", "Online"], SOON)
    second = await sign_in(one, bob.user_id)
    await bob.wait(lambda: bool(bob.notices("KickoutMsgNotify")), timeout=SOON)
    await two.rest("im_open_login_svc/kick", {"UserID": second.user_id})
    await second.wait(lambda: bool(second.notices("KickoutMsgNotify")), timeout=SOON)
    assert second.notices("KickoutMsgNotify")[0]["KickType"] == 3


async def test_what_one_process_caches_follows_the_other(nodes: Nodes, user_id: UserId) -> None:
    one, two = nodes
    amy, bob = user_id("amy"), user_id("bob")
    for name in (amy, bob):
        await one.rest("im_open_login_svc/account_import", {"UserID": name, "Nick": "old"})

    async def nick() -> str:
        asked = {"To_Account": [amy], "TagList": ["Tag_Profile_IM_Nick"]}
        answer = await two.rest("profile/portrait_get", asked)
        return str(answer["UserProfileItem"][0]["ProfileItem"][0]["Value"])

    async def friends() -> int:
        answer = await two.rest("sns/friend_get", {"From_Account": amy, "StartIndex": 0})
        return len(answer.get("UserDataItem", []))

    assert (await nick(), await friends()) == ("old", 0)
    changed = {"From_Account": amy, "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "new"}]}
    await one.rest("profile/portrait_set", changed)
    item = {"To_Account": bob, "AddSource": "AddSource_Type_X"}
    await one.rest("sns/friend_add", {"From_Account": amy, "AddFriendItem": [item], "ForceAddFlags": 1})
    await eventually(nick, "new", SOON)
    await eventually(friends, 1, SOON)
    async with ConsoleClient(one.url) as root:
        await root.login()
        app = (await root.call("im/RegisterIMApp", Name="new"))["SDKAppID"]
        key = (await root.call("im/DescribeSecret", SDKAppID=app))["Keys"][0]["Secret"]
    two.sdkappid, two.key = app, key

    async def known() -> int:
        return int((await two.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]}))["ErrorCode"])

    await eventually(known, 0, SOON)


async def test_what_a_command_writes_is_seen(nodes: Nodes, user_id: UserId) -> None:
    one, amy = nodes[0], user_id("amy")
    await one.rest("im_open_login_svc/account_import", {"UserID": amy, "Nick": "old"})

    async def nicks() -> list[str]:
        asked = {"To_Account": [amy], "TagList": ["Tag_Profile_IM_Nick"]}
        answers = [await node.rest("profile/portrait_get", asked) for node in nodes]
        return [str(answer["UserProfileItem"][0]["ProfileItem"][0]["Value"]) for answer in answers]

    assert await nicks() == ["old", "old"]
    table = one.directory / "accounts.csv"
    table.write_text(f"UserID,Nick\n{amy},new\n")
    await asyncio.to_thread(sodam, one, "account", "import", str(table), "--sdkappid", str(one.sdkappid))
    await eventually(nicks, ["new", "new"], SOON)
    made = await asyncio.to_thread(sodam, one, "app", "create", "made by a command")
    _, sdkappid, _, key = made.split()
    for node in nodes:
        node.sdkappid, node.key = int(sdkappid), key

    async def codes() -> list[int]:
        check = {"CheckItem": [{"UserID": "x"}]}
        return [int((await node.rest("im_open_login_svc/account_check", check))["ErrorCode"]) for node in nodes]

    await eventually(codes, [0, 0], SOON)


async def test_a_process_that_starts_later_belongs_to_it(
    server_factory: ServerFactory, nodes: Nodes, sign_in: SignIn, user_id: UserId
) -> None:
    """The first process was alone for a while, and notified nobody."""
    one, two = nodes
    two.kill()
    await asyncio.sleep(6)  # so long a process that was not heard counts as there
    amy = await sign_in(one, user_id("amy"))
    await amy.send_text(amy.user_id, "alone")
    two.start()
    bob = await sign_in(two, user_id("bob"))
    asked = bob.flags
    await amy.send_text(bob.user_id, "hello")
    # Or, said before the first process has heard of the second one, which then has its clients look.
    await bob.wait(lambda: bob.texts() == ["hello"] or bob.flags > asked, timeout=SOON)
    missed = [message["MsgBody"][0]["MsgContent"]["Text"] for message in await bob.sync()]
    assert "hello" in (*bob.texts(), *missed)
