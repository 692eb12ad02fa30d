"""Bundles of forwarded messages in storage."""

from __future__ import annotations

import pytest

from sodam.errors import ApiError, Code
from sodam.messages import relays, store_relays
from sodam.messages.relays import Relays
from tests.contract.world import World

DAY = 86400


async def test_a_bundle_lives_while_it_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_relays, "BATCH", 2)
    kept, app, clock = Relays(world.db, world.clock), world.app.sdkappid, world.clock
    keys = [await kept.save(app, b'["%d"]' % number) for number in range(6)]
    assert len(set(keys)) == 6
    clock.now += 6 * DAY
    assert await kept.read(app, keys[3]) == b'["3"]'
    clock.now += 2 * DAY
    assert await kept.purge(app, int(clock.now) - 7 * DAY) == 5
    assert await kept.read(app, keys[3]) == b'["3"]'
    for wrong in (keys[0], "", "x\0y"):
        with pytest.raises(ApiError) as refused:
            await kept.read(app, wrong)
        assert refused.value.code is Code.C2C_MESSAGE_NOT_FOUND
    with pytest.raises(ApiError) as refused:
        await kept.read(app + 1, keys[3])
    assert refused.value.code is Code.C2C_MESSAGE_NOT_FOUND
    monkeypatch.setattr(relays, "MAX_BYTES", 10)
    with pytest.raises(ApiError) as refused:
        await kept.save(app, b'["0123456789"]')
    assert refused.value.code is Code.MSG_TOO_LONG
