"""Access tokens of push services: one for the whole installation; and an app that is switched off pushes nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest

from sodam.push.access import AccessTokens
from tests.contract.pushing import Pushing, apple, authority, pushing
from tests.support.vendors import VendorServer

__all__ = ["apple", "authority", "pushing"]


def nodes(pushing: Pushing) -> list[AccessTokens]:
    """Two processes on one database."""
    sending = pushing.push.sending
    parts = (pushing.world.db, pushing.push.certificates, sending._channel, pushing.world.clock)
    return [AccessTokens(*parts) for _ in range(2)]


async def test_one_signing_token_for_all(pushing: Pushing, apple: VendorServer) -> None:
    """Whichever connection, task or node asks; another one 50 minutes after its ``iat``, not before."""
    one = await pushing.apns(apple.url)
    secrets = await pushing.push.certificates.secrets(one)
    both = nodes(pushing)

    async def asked() -> set[str]:
        return set(await asyncio.gather(*(node.of(one, secrets) for node in both for _ in range(10))))

    (first,) = await asked()
    pushing.world.clock.now += 49 * 60
    assert await asked() == {first}
    pushing.world.clock.now += 2 * 60
    (second,) = await asked()
    assert second != first
    late = nodes(pushing)[0]
    assert await late.of(one, secrets) == second, "a process that is started later takes it over"


async def test_one_question_for_a_token_is_under_way(pushing: Pushing, apple: VendorServer) -> None:
    fields = {"PackageName": "p", "AppId": "7", "AppSecret": "s", "Endpoint": apple.url, "AuthEndpoint": apple.url}
    one = await pushing.push.certificates.put(pushing.app, "huawei", "", fields)
    secrets = await pushing.push.certificates.secrets(one)

    def answer(asked: Any) -> Any:
        return 200, {}, json.dumps({"access_token": f"t{len(apple.asked)}", "expires_in": 3600}).encode()

    apple.answer = answer
    both = nodes(pushing)
    found = await asyncio.gather(*(both[0].of(one, secrets) for _ in range(20)))
    assert (set(found), len(apple.asked)) == ({"t1"}, 1)
    assert await both[1].of(one, secrets) == "t1"
    assert len(apple.asked) == 1


@pytest.mark.parametrize("when", ["before", "while it waits"])
async def test_an_app_that_is_switched_off_pushes_nothing(pushing: Pushing, apple: VendorServer, when: str) -> None:
    await pushing.device(await pushing.apns(apple.url))

    async def switch(status: Any) -> None:
        await pushing.apps.edit(pushing.app, lambda app: msgspec.structs.replace(app, status=status))

    if when == "before":
        await switch("disabled")
        await pushing.send()
    else:
        apple.answer = lambda asked: (503, {}, b"")
        await pushing.send()
        await pushing.put_off()
        await switch("disabled")
        pushing.world.clock.now += 3600
        pushing.world.outbox.wake()
    asked = len(apple.asked)
    await pushing.quiet()
    assert len(apple.asked) == asked == (when != "before")
