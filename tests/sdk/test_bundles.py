"""Forwarded bundles that are too large for a message, and what this server does not offer, in the official web SDK."""

from __future__ import annotations

import pytest

from driver import SdkError, message_ref
from scene import SignIn, UserId


async def test_a_large_bundle(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    lines = [f"{number} " + "말" * 900 for number in range(8)]
    said = [await amy.send_text(bob_id, line) for line in lines]
    bundle = {
        "messageList": [message_ref(one) for one in said],
        "title": "what amy said",
        "abstractList": ["amy: 0", "amy: 1"],
        "compatibleText": "a bundle",
    }
    await amy.send(bob_id, "merger", bundle)
    got = (await bob.wait_received(9))[-1]
    assert got["payload"]["downloadKey"]
    assert not got["payload"].get("messageList")
    whole = await bob.call("downloadMergerMessage", message_ref(got))
    inside = whole["payload"]["messageList"] if "payload" in whole else whole["messageList"]
    assert [one["messageBody"][0]["payload"]["text"] for one in inside] == lines


async def test_what_is_not_offered(sign_in: SignIn, user_id: UserId) -> None:
    amy = await sign_in(user_id("amy"))
    with pytest.raises(SdkError) as refused:
        await amy.call("translateText", {"sourceTextList": ["hello"], "sourceLanguage": "auto", "targetLanguage": "ko"})
    assert refused.value.code == 60020
