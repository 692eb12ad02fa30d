"""The groups of a user are read by pages, also those that were joined within one second."""

from __future__ import annotations

import pytest

from sodam.groups import store
from tests.rest.conftest import Rest


@pytest.mark.parametrize("count", [0, 2, 4, 5])
async def test_every_group_once_and_in_order(rest: Rest, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(store, "_PAGE", 2)
    monkeypatch.setattr(rest.server.services.groups._core, "clock", lambda: 1_800_000_000.0)
    await rest("im_open_login_svc/account_import", {"UserID": "oskar"})
    for number in range(count):
        group = {"Owner_Account": "oskar", "Type": "Public", "GroupId": f"g{number}", "Name": "Team"}
        assert await rest.code("group_open_http_svc/create_group", group) == 0
    found = await rest.server.services.groups.joined(rest.app.sdkappid, "oskar")
    assert [group_id for group_id, _, _ in found] == [f"g{number}" for number in range(count)]
