"""Texts that an app refuses, over REST: messages, profiles and requests of friendship."""

from __future__ import annotations

from sodam.moderation.model import Action, Word
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import BATCH, MODIFY, SEND, codes, message, people, seen, text


async def test_every_door(rest: Rest) -> None:
    await people(rest)
    sent = await rest(SEND, message("hello"))
    named = {"From_Account": "lena", "To_Account": "omar", "MsgKey": sent["MsgKey"]}
    words = rest.server.services.words
    await words.add(SDKAPPID, [Word("fool", Action.BLOCK), Word("dolt", Action.REPLACE, replacement="friend")])
    await codes(
        rest,
        SEND,
        [
            (message("you fool", MsgRandom=2), 80001),
            (message("you dolt", MsgRandom=3), 0),
            (message("you fool", MsgRandom=4, SendMsgControl=["NoMsgCheck"]), 0),
        ],
    )
    await codes(rest, BATCH, [({**message("fool", MsgRandom=5), "To_Account": ["omar", "kim"]}, 80001)])
    await codes(rest, MODIFY, [({**named, "MsgBody": text("fool")}, 80001), ({**named, "MsgBody": text("dolt!")}, 0)])
    assert await seen(rest) == ["friend!", "you friend", "you fool"]

    def profile(tag: str, value: str) -> dict[str, object]:
        return {"From_Account": "lena", "ProfileItem": [{"Tag": f"Tag_Profile_IM_{tag}", "Value": value}]}

    await codes(
        rest,
        "profile/portrait_set",
        [
            (profile("Nick", "F\u200bool"), 40005),
            (profile("SelfSignature", "dolt"), 40005),
            (profile("Nick", "foolproof"), 0),
            (profile("Image", "https://x.example/fool.png"), 0),
        ],
    )

    imported = {"UserID": "lena"}
    told = [({**imported, "Nick": "fool"}, 40005), ({**imported, "Nick": "foolish"}, 0)]
    await codes(rest, "im_open_login_svc/account_import", told)

    def asking(wording: str) -> dict[str, object]:
        item = {"To_Account": "omar", "AddSource": "AddSource_Type_test", "AddWording": wording}
        return {"From_Account": "lena", "AddFriendItem": [item]}

    await codes(rest, "sns/friend_add", [(asking("you fool"), 80001), (asking("hello"), 0)])


async def test_remarks_and_names_of_friend_lists(rest: Rest) -> None:
    """What one writes of friends: the item that holds a word is refused, the others of the call are not."""
    await people(rest)
    words = [Word("fool", Action.BLOCK), Word("dolt", Action.REPLACE), Word("odd", Action.MARK)]
    await rest.server.services.words.add(SDKAPPID, words)

    async def outcomes(command: str, field: str, *items: dict[str, object]) -> list[int]:
        answer = await rest(f"sns/{command}", {"From_Account": "lena", field: list(items)})
        assert answer["ErrorCode"] == 0, answer
        assert [item["To_Account"] for item in answer["ResultItem"]] == [item["To_Account"] for item in items]
        return [item["ResultCode"] for item in answer["ResultItem"]]

    def friend(to: str, **more: object) -> dict[str, object]:
        return {"To_Account": to, "AddSource": "AddSource_Type_test", **more}

    def changed(to: str, tag: str, value: object) -> dict[str, object]:
        return {"To_Account": to, "SnsItem": [{"Tag": f"Tag_SNS_IM_{tag}", "Value": value}]}

    adding = (
        friend("omar", Remark="the f\u200bool"),
        friend("kim", Remark="foolproof"),
        friend("omar", GroupName="dolt"),
    )
    assert await outcomes("friend_add", "AddFriendItem", *adding) == [30005, 0, 30005]
    imported = friend("kim", Remark="dolt"), friend("omar", Remark="odd"), friend("kim", GroupName=["work", "fool"])
    assert await outcomes("friend_import", "AddFriendItem", *imported) == [30005, 0, 30005]
    changes = changed("omar", "Remark", "fool"), changed("kim", "Group", ["dolt"]), changed("kim", "Remark", "wise")
    assert await outcomes("friend_update", "UpdateItem", *changes) == [30005, 30005, 0]
    assert await outcomes("friend_update", "UpdateItem", changed("omar", "Remark", "dolt")) == [30005]
    lists = {"From_Account": "lena", "GroupName": ["work", "FOOL"]}
    await codes(rest, "sns/group_add", [(lists, 30005), ({**lists, "GroupName": ["work"]}, 0)])
    tags = {"From_Account": "lena", "To_Account": ["omar", "kim"], "TagList": ["Tag_SNS_IM_Remark"]}
    found = (await rest("sns/friend_get_list", tags))["InfoItem"]
    assert [item["SnsProfileItem"][0]["Value"] for item in found] == ["odd", "wise"]
    nobody = {"From_Account": "nobody", "AddFriendItem": [friend("omar", Remark="fool")]}
    assert await rest.code("sns/friend_import", nobody) == 30003, "whoever acts is looked at all the same"
