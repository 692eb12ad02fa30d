"""How many communities an app may have, held at the same place by several nodes."""

from __future__ import annotations

import pytest

from sodam.groups.model import Changes
from tests.contract.test_groups_races import WHO, World, world

__all__ = ["world"]


async def test_the_last_community_of_an_app(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their topics count as none."""
    monkeypatch.setattr("sodam.groups.making.MAX_COMMUNITIES", 2)
    node, city = world.node(), "@TGS#_city"
    await node.create(city, kind="Community", topics=True)
    await node.groups.topics.create(node.app, WHO, city, f"{city}@TOPIC#_food", Changes(name="Food"))
    names = [f"@TGS#_c{at}" for at in range(3)]
    codes = await world.together(*[lambda n, at=at: n.create(at, kind="Community") for at in names])  # type: ignore[misc]
    assert sorted(codes, key=str) == ["", 10036, 10036]
