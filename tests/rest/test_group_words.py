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


async def test_edits(rest: Rest) -> None:
    words = [Word("fool", Action.BLOCK), Word("dolt", Action.REPLACE, replacement="friend")]
    await rest.server.services.words.add(SDKAPPID, words)
    assert await rest.code("im_open_login_svc/account_import", {"UserID": "ann"}) == 0
    made = {"Type": "Public", "GroupId": "g", "Owner_Account": "ann", "Name": "n"}
    assert await rest.code("group_open_http_svc/create_group", made) == 0

    def body(text: str) -> list[dict[str, Any]]:
        return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]

    said = {"GroupId": "g", "From_Account": "ann", "Random": 1, "MsgBody": body("hello")}
    seq = (await rest("group_open_http_svc/send_group_msg", said))["MsgSeq"]
    edit = {"GroupId": "g", "MsgSeq": seq}
    assert await rest.code("openim/modify_group_msg", {**edit, "MsgBody": body("fool")}) == 80001
    assert await rest.code("openim/modify_group_msg", {**edit, "MsgBody": body("dolt")}) == 0
    read = await rest("group_open_http_svc/group_msg_get_simple", {"GroupId": "g", "ReqMsgNumber": 1})
    assert read["RspMsgList"][0]["MsgBody"] == body("friend")
