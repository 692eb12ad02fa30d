"""Profiles in the official web SDK."""

from __future__ import annotations

from typing import Any

from driver import SdkClient
from scene import Server, SignIn, UserId


async def _profile(client: SdkClient, user: str) -> dict[str, Any]:
    (profile,) = await client.call("getUserProfile", {"userIDList": [user]})
    return dict(profile)


async def test_own_profile_is_kept_and_seen_by_others(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy = await sign_in(amy_id)
    wanted = {
        "nick": "Amy 艾米",
        "avatar": "https://files.example.com/amy.png",
        "gender": "Gender_Type_Female",
        "selfSignature": "here",
        "birthday": 20190419,
        "language": 3,
        "location": "1234",
        "messageSettings": 0,
        "allowType": "AllowType_Type_NeedConfirm",
    }
    changed = await amy.call("updateMyProfile", wanted)
    assert wanted.items() <= changed.items()
    event = await amy.wait_event("PROFILE_UPDATED")
    assert [p["userID"] for p in event.data] == [amy_id]
    await amy.destroy()
    late = await sign_in(amy_id)
    assert wanted.items() <= (await late.call("getMyProfile")).items()
    bob = await sign_in(bob_id)
    assert wanted.items() <= (await _profile(bob, amy_id)).items()
    assert await bob.call("getUserProfile", {"userIDList": [user_id("nobody")]}) == []


async def test_nick_and_picture_come_with_messages_and_conversations(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.call("updateMyProfile", {"nick": "Amy", "avatar": "https://files.example.com/amy.png"})
    await amy.send_text(bob_id, "hi")
    (message,) = await bob.wait_received(1)
    assert (message["nick"], message["avatar"]) == ("Amy", "https://files.example.com/amy.png")
    await bob.destroy()
    late = await sign_in(bob_id)
    shown = (await late.conversations())[f"C2C{amy_id}"]["userProfile"]
    assert (shown["nick"], shown["avatar"]) == ("Amy", "https://files.example.com/amy.png")


async def test_a_change_by_rest_reaches_the_signed_in_user(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy_id = user_id("amy")
    amy = await sign_in(amy_id)
    items = [{"Tag": "Tag_Profile_IM_Nick", "Value": "by REST"}, {"Tag": "Tag_Profile_IM_Level", "Value": 7}]
    answer = await server.rest("profile/portrait_set", {"From_Account": amy_id, "ProfileItem": items})
    assert answer["ErrorCode"] == 0, answer
    event = await amy.wait_event("PROFILE_UPDATED")
    assert [(p["userID"], p["nick"], p["level"]) for p in event.data] == [(amy_id, "by REST", 7)]
    assert (await amy.call("getMyProfile"))["nick"] == "by REST"
