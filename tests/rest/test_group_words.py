"""Texts of groups are compared with the app's word list as messages are."""

from __future__ import annotations

from typing import Any

import msgspec

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


async def test_imported_groups_and_topics(rest: Rest) -> None:
    await rest.server.services.words.add(SDKAPPID, [Word("fool", Action.BLOCK), Word("odd", Action.MARK)])
    settings = msgspec.structs.replace(rest.app.settings, community=True, community_topics=True)
    await rest.configure(settings=settings)
    assert await rest.code("im_open_login_svc/account_import", {"UserID": "ann"}) == 0
    groups, topics = "group_open_http_svc", "million_group_open_http_svc"
    city = {"GroupId": "@TGS#_city", "Type": "Community", "Owner_Account": "ann", "SupportTopic": 1}
    food = {"GroupId": "@TGS#_city", "TopicId": "@TGS#_city@TOPIC#_food"}
    old = {"GroupId": "@TGS#_city", "TopicId": "@TGS#_city@TOPIC#_old", "CreateTime": 1_700_000_000}
    for text in ("Name", "Introduction", "Notification"):
        assert await rest.code(f"{groups}/import_group", {**city, "Name": "n"} | {text: "a FOOL"}) == 80001
    assert await rest.code(f"{groups}/import_group", {**city, "Name": "an odd name"}) == 0
    for text in ("TopicName", "Introduction", "Notification"):
        said = {"TopicName": "n"} | {text: "f\u200bool"}
        assert await rest.code(f"{topics}/create_topic", food | said) == 80001
        assert await rest.code(f"{groups}/import_topic", old | said) == 80001
    assert await rest.code(f"{topics}/create_topic", {**food, "TopicName": "fooled"}) == 0
    assert await rest.code(f"{groups}/import_topic", {**old, "TopicName": "odd"}) == 0
    for text in ("TopicName", "Introduction", "Notification"):
        assert await rest.code(f"{topics}/modify_topic", food | {text: "fool"}) == 80001
        assert await rest.code(f"{topics}/modify_topic", food | {text: "fine"}) == 0


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
