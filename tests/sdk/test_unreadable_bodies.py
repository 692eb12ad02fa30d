"""Bodies that cannot be taken: the official web SDK hears of it at once, and not by its own time-out of 15 seconds."""

from __future__ import annotations

import time

import pytest

from driver import SdkError, texts
from scene import Server, SignIn, UserId
from sodam.errors import Code

AT_ONCE = 14.0
"""Seconds; an answer that the SDK cannot match comes never, and its call fails after 15, with a code of its own."""


async def test_half_an_emoji_is_sent_and_arrives(sign_in: SignIn, user_id: UserId) -> None:
    """More of them than malformed frames end a connection: in texts, in custom data, in a profile."""
    amy, bob = await sign_in(user_id("amy")), await sign_in(user_id("bob"))
    bob_id = user_id("bob")
    slowest = 0.0
    for number in range(25):
        begin = time.monotonic()
        await amy.send_text(bob_id, f"{number} cut\ud83d", cloudCustomData="\ude00")
        slowest = max(slowest, time.monotonic() - begin)
    begin = time.monotonic()
    await amy.call("updateMyProfile", {"nick": "Am\ud83d"})
    slowest = max(slowest, time.monotonic() - begin)
    print(f"the slowest of 26 calls with half an emoji took {slowest:.3f} s")
    assert slowest < AT_ONCE
    received = await bob.wait_received(25)
    assert texts(received) == [f"{number} cut\ufffd" for number in range(25)]
    assert {message["cloudCustomData"] for message in received} == {"\ufffd"}


@pytest.mark.parametrize("how", ["cut", "type", "deep", "bytes"])
async def test_a_broken_body_is_refused_at_once(sign_in: SignIn, user_id: UserId, how: str, server: Server) -> None:
    amy, bob = await sign_in(user_id("amy")), await sign_in(user_id("bob"))
    bob_id = user_id("bob")
    await amy.spoil("openim.sendmsg", how)
    begin = time.monotonic()
    with pytest.raises(SdkError) as refused:
        await amy.send_text(bob_id, "never")
    sending = time.monotonic() - begin
    await amy.spoil("profile.portrait_get_all", how)
    begin = time.monotonic()
    with pytest.raises(SdkError) as unread:
        await amy.call("getUserProfile", {"userIDList": [user_id("nobody")]})
    asking = time.monotonic() - begin
    print(f"{how}: {refused.value.code} after {sending:.3f} s, {unread.value.code} after {asking:.3f} s")
    assert {refused.value.code, unread.value.code} <= {int(code) for code in Code}
    assert max(sending, asking) < AT_ONCE
    await amy.send_text(bob_id, "the connection stays")
    assert texts(await bob.wait_received(1)) == ["the connection stays"]
