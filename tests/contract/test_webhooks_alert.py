"""An app that calls a REST command nearly as often as it may hears of it, once a minute. On each engine."""

from __future__ import annotations

import pytest

from sodam.errors import ApiError
from sodam.rest import table
from sodam.rest.limits import RateLimits
from sodam.webhooks.samples import SAMPLES
from tests.contract.test_webhooks_down import Node, configure
from tests.contract.world import Clock, World
from tests.support.receiver import Receiver

ALERT = "Alert.RequestOverLimit"


async def test_near_the_limit(world: World) -> None:
    clock = Clock()
    limits = RateLimits(enabled=True, clock=clock)
    command = table.SERVICES["openim"].commands["sendmsg"]
    async with Receiver() as receiver:
        await world.accounts._apps.start()
        await configure(world, receiver, ALERT)
        node = Node(world, "alert")
        limits.near = node.webhooks.near_limit
        app = world.app.sdkappid
        for _ in range(int(command.rate * 0.8)):
            limits.check(app, command)
        assert node.webhooks._alerts == []
        for _ in range(int(command.rate * 0.2)):
            limits.check(app, command)
        with pytest.raises(ApiError):
            limits.check(app, command)
        await node.webhooks._write_states()
        (got,) = await receiver.wait(ALERT)
        assert set(got.body) == set(SAMPLES[ALERT])
        assert (got.body["ServiceName"], got.body["Command"], got.body["Limit"]) == ("openim", "sendmsg", command.rate)
        assert command.rate * 0.8 < got.body["Request"] <= command.rate
        assert set(got.query) == {"SdkAppid", "CallbackCommand", "contenttype", "OptPlatform", "RequestId"}
        clock.now += 61
        for _ in range(command.rate):
            limits.check(app, command)
        await node.webhooks._write_states()
        await receiver.wait(ALERT, 2)
        await node.kill()
        await world.accounts._apps.stop()
