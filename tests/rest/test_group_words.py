"""Texts of groups are compared with the app's word list as messages are."""

from __future__ import annotations

from typing import Any

from sodam.moderation.model import Action, Word
from tests.rest.conftest import SDKAPPID, Rest


async def test_names_notices_and_cards(rest: Rest) -> None:
    await rest.server.services.words.add(SDKAPPID, [Word("fool", Action.BLOCK), Word("odd", Action.MARK)])
    assert await rest.code("im_open_login_svc/account_import", {"UserID": "ann"}) == 0

    async def code(command: str, **body: Any) -> int:
        return await rest.code(f"group_open_http_svc/{command}", body)

    made = {"Type": "Public", "GroupId": "g", "Owner_Account": "ann"}
    for text in ("Name", "Introduction", "Notification"):
        assert await code("create_group", **made | {"Name": "n"} | {text: "a FOOL"}) == 80001
    assert await code("create_group", **made, Name="an odd name") == 0, "what is marked only passes"
    for text in ("Name", "Introduction", "Notification"):
        assert await code("modify_group_base_info", GroupId="g", **{text: "f\u200bool"}) == 80001
        assert await code("modify_group_base_info", GroupId="g", **{text: "fooled"}) == 0
    card = {"GroupId": "g", "Member_Account": "ann"}
    assert await code("modify_group_member_info", **card, NameCard="fool") == 80001
    assert await code("modify_group_member_info", **card, NameCard="wise") == 0
