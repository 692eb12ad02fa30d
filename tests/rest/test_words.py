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

    def asking(wording: str) -> dict[str, object]:
        item = {"To_Account": "omar", "AddSource": "AddSource_Type_test", "AddWording": wording}
        return {"From_Account": "lena", "AddFriendItem": [item]}

    await codes(rest, "sns/friend_add", [(asking("you fool"), 80001), (asking("hello"), 0)])
