"""A word list that is changed on one node holds for texts that pass on any other, and for both edges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sodam.bus.cache import MAX_AGE
from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory


async def code(client: RawClient, to: str, text: str) -> int:
    try:
        await client.send_text(to, text)
    except Refused as refused:
        return refused.code
    return 0


async def test_changes_hold_on_every_node(
    server_factory: ServerFactory, sign_in: SignIn, user_id: Callable[[str], str]
) -> None:
    one, two = server_factory("postgres", nodes=2, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    here, there, bob = await sign_in(one, user_id("amy")), await sign_in(two, user_id("kim")), user_id("bob")
    await sign_in(two, bob)

    async def hold(expected: int) -> None:
        """Sooner than a node would look by itself."""
        async with asyncio.timeout(MAX_AGE - 5):
            while await code(there, bob, "you fool") != expected:
                await asyncio.sleep(0.02)
        assert await code(here, bob, "you fool") == expected
        profile = {"From_Account": there.user_id, "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "fool"}]}
        for node in (one, two):
            answer = await node.rest("profile/portrait_set", profile)
            assert answer["ErrorCode"] == (40005 if expected else 0)

    await hold(0)
    async with ConsoleClient(one.url) as root:
        await root.login()
        await root.call("im/AddDirtyWords", SDKAppID=one.sdkappid, Words=[{"Word": "fool"}])
        await hold(80001)
        await root.call("im/DeleteDirtyWords", SDKAppID=one.sdkappid, Words=["fool"])
        await hold(0)
