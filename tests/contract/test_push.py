"""Offline push: who gets one, what a vendor is sent over TLS, and what its answers do. On each engine."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sodam.accounts.events import AccountsDeleted
from sodam.c2c.draft import of_content
from sodam.c2c.model import Message, Place
from sodam.clock import now as wall_clock
from sodam.control import ControlError
from sodam.groups.core import Operator
from sodam.groups.message import Extra, GroupMessage
from sodam.groups.model import Changes, MemberChanges, Newcomer, Wanted
from sodam.groups.types import TYPES
from sodam.messages import outgoing
from sodam.messages.offline_push import Wish
from sodam.push import store, store_log
from sodam.push.certificates import MOST
from sodam.push.model import Certificate
from sodam.push.vendors.jwt import b64
from sodam.push.vendors.webpush import keys
from sodam.storage import Database
from tests.contract.pushing import Pushing, apple, authority, pushing, until
from tests.contract.world import text_body
from tests.support.vendors import Authority, VendorServer, replying

__all__ = ["apple", "authority", "pushing"]


async def test_a_message_reaches_a_device_over_http2(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    await pushing.device(one)
    await pushing.push.devices.state(pushing.app, "b", 0, background=True, unread=4)
    await pushing.send("lunch?")
    await pushing.send("now", Title="Nora", Desc="come", Ext='{"page":1}', BadgeAddNum=5)
    await pushing.send("quiet", PushFlag=1)
    await pushing.quiet()
    first, second = apple.asked
    assert (first.version, first.path) == ("h2", "/3/device/token")
    assert first.json["aps"] == {"alert": "lunch?", "sound": "default", "badge": 5}
    assert first.headers["apns-topic"] == "org.example"
    assert first.headers["authorization"].startswith("bearer ")
    assert second.headers["authorization"] == first.headers["authorization"]
    assert second.json["aps"]["alert"] == {"title": "Nora", "body": "come"}
    assert (second.json["aps"]["badge"], second.json["ext"]) == (10, '{"page":1}')
    assert apple.connections == 1


async def test_connected_devices_are_left_alone_unless_in_the_background(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    phone, browser = pushing.world.device("b"), pushing.world.device("b")
    await pushing.device(one, token="phone", instid=phone.instid)
    await pushing.device(one, token="away", instid=browser.instid + 1000)
    await pushing.send()
    await pushing.quiet()
    assert [asked.path for asked in apple.asked] == ["/3/device/away"]
    await pushing.push.devices.state(pushing.app, "b", phone.instid, background=True, unread=0)
    await pushing.send("again")
    await pushing.quiet()
    assert sorted(asked.path for asked in apple.asked[1:]) == ["/3/device/away", "/3/device/phone"]
    await pushing.world.changes.mute(pushing.world.app, "b", ["a"], 2)
    message = pushing.draft("muted")
    message.wish, message.source = Wish(text="muted"), None
    message.flags |= 8192
    await pushing.world.c2c.send(pushing.world.app, message, checked=False)
    await pushing.quiet()
    assert len(apple.asked) == 3


async def test_a_group_tells_those_who_want_it(pushing: Pushing, apple: VendorServer) -> None:
    """By each member's option, mentions, and for whom the message is; nobody of a live room; nobody twice."""
    one, app = await pushing.apns(apple.url), pushing.world.app
    for user in "abc":
        await pushing.device(one, user, f"t{user}", 100_000)
    members = (Newcomer("b"), Newcomer("c"))
    names = {"Public": "", "AVChatRoom": ""}
    for kind in names:
        wanted = Wanted(
            kind=TYPES[kind],
            group_id="",
            owner="a",
            max_members=0,
            changes=Changes(name="crew"),
            newcomers=members if kind == "Public" else (),
        )
        names[kind] = await pushing.groups.create(app, Operator("a", True), wanted)
    number = 0

    async def say(kind: str = "Public", **extra: Any) -> list[str]:
        nonlocal number
        number += 1
        apple.asked.clear()
        message = GroupMessage(
            app=pushing.app, group_id=names[kind], sender="a", random=number, client_time=0, body=text_body("hi"),
            wish=Wish(text="hi"), extra=Extra(**extra),
        )  # fmt: skip
        await pushing.groups.sending.send(app, message, as_member=kind == "Public")
        await pushing.quiet()
        return sorted(asked.path[-2:] for asked in apple.asked)

    assert await say() == ["tb", "tc"]
    assert apple.asked[0].json["aps"]["alert"] == "(crew):hi"
    assert await say(to=["c"]) == ["tc"]
    edit = MemberChanges(msg_flag="AcceptNotNotifyExceptAt")
    await pushing.groups.members.edit(app, Operator("a", True), names["Public"], "b", edit)
    assert await say() == ["tc"]
    assert await say(at=["b"]) == ["tb", "tc"]
    assert await say(at_all=True) == ["tb", "tc"]
    edit = MemberChanges(msg_flag="AcceptNotNotify")
    await pushing.groups.members.edit(app, Operator("a", True), names["Public"], "b", edit)
    assert await say(at=["b"]) == ["tc"]
    assert await say("AVChatRoom") == []

    apple.asked.clear()
    for user in "bc":  # b has muted the group
        await pushing.groups.changes.mark_read(pushing.app, user, names["Public"], 2)
    await pushing.quiet()
    badges = {asked.path[-2:]: asked.json["aps"]["badge"] for asked in apple.asked}
    assert badges == {"tb": 0, "tc": number - 1 - 2}


async def test_answers(pushing: Pushing, apple: VendorServer) -> None:
    """Right token pruned, right cause kept, back-off obeyed, a closed connection tried again."""
    one = await pushing.apns(apple.url)
    await pushing.device(one, token="dead")
    await pushing.device(one, token="good", instid=2)
    apple.answer = lambda asked: (410, {}, b'{"reason":"Unregistered"}') if "dead" in asked.path else (200, {}, b"")
    await pushing.send()
    await pushing.quiet()
    assert await pushing.tokens() == ["good"]
    assert [(f.outcome, f.code) for f in await pushing.failures()] == [("gone", "Unregistered")]
    of = {user: await pushing.push.failures(pushing.app, 0, 9, user) for user in "ab"}
    assert ([one.user_id for _, one in of["b"]], of["a"]) == (["b"], [])

    apple.answer = replying(403, {"reason": "InvalidProviderToken"})
    await pushing.send("2")
    await pushing.quiet()
    assert await pushing.tokens() == ["good"]
    held = (await pushing.push.certificates.of(pushing.app))[one.id]
    assert held.trouble.startswith("InvalidProviderToken")

    apple.answer = replying(400, {"reason": "BadDeviceToken"})
    await pushing.send("3")
    await pushing.quiet()
    assert await pushing.tokens() == ["good"], "a generic refusal deletes no token"

    count = len(apple.asked)
    apple.answer = replying(429, {"reason": "TooManyRequests"}, retry_after="120")
    await pushing.send("4")
    await until(lambda: len(apple.asked) == count + 1)
    await pushing.put_off()
    apple.answer = replying(200)
    pushing.world.clock.now += 60
    pushing.world.outbox.wake()
    await asyncio.sleep(0.2)
    assert len(apple.asked) == count + 1, "asked before the vendor's time"
    pushing.world.clock.now += 61
    pushing.world.outbox.wake()
    await pushing.quiet()
    assert apple.asked[-1].headers["apns-collapse-id"] == apple.asked[count].headers["apns-collapse-id"]
    assert (await pushing.push.certificates.of(pushing.app))[one.id].trouble == ""

    apple.answer = lambda asked: None
    await pushing.send("5")
    await pushing.put_off()
    assert len(apple.asked) == count + 3
    apple.answer = replying(200)
    pushing.world.clock.now += 2
    pushing.world.outbox.wake()
    await pushing.quiet()
    assert len(apple.asked) == count + 4


async def test_bindings_end(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    world, devices = pushing.world, pushing.push.devices
    registration = await pushing.device(one, "b", "phone", 7)
    assert await pushing.device(one, "b", "phone", 8) == registration
    await pushing.device(one, "c", "phone", 9)
    assert (await pushing.tokens("b"), await pushing.tokens("c")) == ([], ["phone"])
    await devices.end(pushing.app, "c", 8)
    assert await pushing.tokens("c") == ["phone"]
    await devices.end(pushing.app, "c", 9)
    assert await pushing.tokens("c") == []
    await pushing.device(one, "b", "x", 1)
    await world.accounts.kick(pushing.app, "b")
    assert await pushing.tokens("b") == []
    await pushing.device(one, "b", "x", 1)
    await pushing.send()
    await devices.end(pushing.app, "b", 1)
    await pushing.quiet()
    await pushing.device(one, "b", "x", 1)
    await world.db.write(lambda tx: devices.erase(tx, [AccountsDeleted(app=pushing.app, user_ids=["b"])]))
    assert await pushing.tokens("b") == []
    await pushing.device(one, "b", "x", 1)
    await pushing.push.certificates.delete(pushing.app, one.id)
    assert await pushing.tokens("b") == []


async def test_p12_and_secrets(pushing: Pushing, apple: VendorServer, authority: Authority) -> None:
    certificates = pushing.push.certificates
    file = base64.b64encode(authority.p12("client of apple", "open")).decode()
    fields = {"File": file, "Password": "open", "BundleId": "org.example", "Endpoint": apple.url}
    for wrong, detail in (
        ({"Password": "wrong"}, "PushP12"),
        ({"File": "AAAA"}, "PushP12"),
        ({"Password": ""}, "PushField"),
    ):
        with pytest.raises(ControlError) as refused:
            await certificates.put(pushing.app, "apns_p12", "", fields | wrong)
        assert refused.value.detail == detail
    one = await certificates.put(pushing.app, "apns_p12", "", fields)
    assert await certificates.ends(await pushing.apns(apple.url)) == 0
    ended = base64.b64encode(authority.p12("client of apple", "open", days=-0.5)).decode()
    with pytest.raises(ControlError) as refused:
        await certificates.put(pushing.app, "apns_p12", "", fields | {"File": ended})
    assert refused.value.detail == "PushP12Ended"
    assert await certificates.ends(one) > wall_clock() + 29 * 86_400
    assert set(one.fields) == {"BundleId", "Endpoint"}
    raw = await store.sealed(pushing.world.db, pushing.app, one.id)
    assert raw is not None
    assert b"open" not in raw
    await pushing.device(one)
    await pushing.send()
    await pushing.quiet()
    assert (apple.asked[0].version, apple.asked[0].client) == ("h2", "client of apple")
    assert "authorization" not in apple.asked[0].headers


async def test_fcm_gets_a_token_first_and_a_new_one_when_it_is_not_taken(pushing: Pushing, apple: VendorServer) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {"project_id": "p1", "client_email": "a@b", "private_key": key.decode(), "token_uri": "https://x/token"}
    fields = {"ServiceAccount": json.dumps(account), "Endpoint": apple.url}
    one = await pushing.push.certificates.put(pushing.app, "fcm", "", fields)
    assert await pushing.push.certificates.app_of(one) == "p1"
    await pushing.device(one)
    given: list[str] = []

    def answer(asked: Any) -> Any:
        if asked.path == "/token":
            given.append(f"t{len(given)}")
            return 200, {}, json.dumps({"access_token": given[-1], "expires_in": 3600}).encode()
        if asked.headers["authorization"] == "Bearer t0":
            return 401, {}, b'{"error":{"status":"UNAUTHENTICATED"}}'
        return 404, {}, json.dumps({"error": {"details": [{"errorCode": "UNREGISTERED"}]}}).encode()

    apple.answer = answer
    await pushing.send("hello", Ext="x", AndroidInfo={"GooglePriority": "normal"})
    await pushing.quiet()
    assert [asked.path for asked in apple.asked][1] == "/v1/projects/p1/messages:send"
    assert apple.asked[1].json["message"]["data"] == {"ext": "x"}
    assert (given, await pushing.tokens()) == (["t0", "t1"], [])


async def test_web_push_is_readable_by_the_browser_only(pushing: Pushing, authority: Authority) -> None:
    own, auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    async with VendorServer(authority, http2=False) as service:
        one = await pushing.push.certificates.put(pushing.app, "webpush", "", {"Subject": "mailto:a@example.org"})
        assert len(one.fields["PublicKey"]) == 87
        token = {"endpoint": f"{service.url}/s/1", "keys": {"p256dh": b64(point), "auth": b64(auth)}}
        await pushing.device(one, token=json.dumps(token))
        service.answer = replying(201)
        await pushing.send("long " * 2000, Ext="e")
        await pushing.quiet()
        asked = service.asked[0]
        assert len(asked.body) <= 4096
        assert asked.headers["content-encoding"] == "aes128gcm"
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), asked.body[21:86])
        key, nonce = keys(own.exchange(ec.ECDH(), sender), auth, asked.body[:16], point, asked.body[21:86])
        plain = msgspec.json.decode(AESGCM(key).decrypt(nonce, asked.body[86:], None)[:-1])
        assert (plain["title"], plain["ext"]) == ("a", "e")
        service.answer = replying(410)
        await pushing.send("gone")
        await pushing.quiet()
        assert await pushing.tokens() == []


async def test_a_message_is_decided_on_once(pushing: Pushing, database: Database) -> None:
    app = pushing.app

    async def twice(tx: Any) -> list[bool]:
        return [await store_log.claim(tx, app, "a\x1fb", 1, 0, 1) for _ in range(2)]

    assert await database.write(twice) == [True, False]


async def test_certificates_have_a_limit_that_two_at_once_keep(pushing: Pushing) -> None:
    certificates = pushing.push.certificates
    fields = {"PackageName": "p", "AppId": "1", "AppSecret": "s"}
    for _ in range(MOST - 1):
        await certificates.put(pushing.app, "xiaomi", "", fields)
    both = [certificates.put(pushing.app, "xiaomi", "", fields) for _ in range(2)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(outcome, ControlError) for outcome in outcomes) == 1
    one = next(outcome for outcome in outcomes if isinstance(outcome, Certificate))
    changed = await certificates.put(pushing.app, "xiaomi", "new", {"PackageName": "q", "AppId": "1"}, number=one.id)
    assert await certificates.secrets(changed) == {"AppSecret": "s"}
    await asyncio.gather(*(certificates.delete(pushing.app, one.id) for _ in range(2)), return_exceptions=True)
    assert one.id not in await certificates.of(pushing.app)


async def test_what_is_taken_back_is_replaced_where_it_was_shown(pushing: Pushing, apple: VendorServer) -> None:
    """And what waits to be sent goes nowhere any more."""
    one = await pushing.apns(apple.url)
    world = pushing.world
    await pushing.device(one, token="away", instid=100_000)
    phone = world.device("b")
    await pushing.device(one, token="open", instid=phone.instid)

    async def take_back(sent: Any, message: Message) -> None:
        place: Place = (sent.msg_time, sent.msg_seq, message.msg_random)
        await world.changes.withdraw(world.app, "a", "b", place, revoker="a", limit=False)

    message = pushing.draft("secret")
    message.wish = Wish(text="secret")
    sent = await world.c2c.send(world.app, message, checked=False)
    await pushing.quiet()
    assert [asked.path for asked in apple.asked] == ["/3/device/away"]
    await take_back(sent, message)
    await pushing.quiet()
    shown, replaced, number = apple.asked
    assert number.json == {"aps": {"badge": 0}}, "it counts as unread no more"
    assert replaced.path == "/3/device/away", "a device that was not pushed hears nothing"
    assert replaced.headers["apns-collapse-id"] == shown.headers["apns-collapse-id"]
    assert replaced.headers["apns-id"] != shown.headers["apns-id"]
    assert replaced.json["aps"] == {"alert": "a recalled a message", "interruption-level": "passive"}

    apple.answer = replying(503, {"reason": "Shutdown"})
    late = pushing.draft("late")
    late.wish = Wish(text="late")
    sent = await world.c2c.send(world.app, late, checked=False)
    await pushing.put_off()
    assert len(apple.asked) == 4
    apple.answer = replying(200)
    await take_back(sent, late)
    world.clock.now += 2
    world.outbox.wake()
    await pushing.quiet()
    assert [aps["alert"] for asked in apple.asked[4:] if "alert" in (aps := asked.json["aps"])] == [
        "a recalled a message"
    ]


async def test_nobody_is_pushed_what_is_past_its_life_time(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    world = pushing.world
    await pushing.device(one, token="away", instid=100_000)
    apple.answer = replying(503, {"reason": "Shutdown"})
    content = outgoing.prepare(
        outgoing.Outgoing(MsgRandom=1, MsgBody=msgspec.Raw(text_body("soon")), MsgLifeTime=60), strict_required=True
    )
    sent = await world.c2c.send(world.app, of_content(world.app, "a", "b", content), checked=False)
    await until(lambda: len(apple.asked) == 1)
    assert apple.asked[0].headers["apns-expiration"] == str(sent.msg_time + 60)
    await pushing.put_off()
    world.clock.now += 61
    world.outbox.wake()
    await pushing.quiet()
    assert len(apple.asked) == 1


async def test_icons_show_what_is_unread_when_it_was_read_elsewhere(pushing: Pushing, apple: VendorServer) -> None:
    one = await pushing.apns(apple.url)
    world = pushing.world
    await pushing.device(one, token="away", instid=100_000)
    await pushing.send("1")
    await pushing.send("2")
    await pushing.quiet()
    for _ in range(2):  # whatever we believe the icon to show
        await world.changes.mark_read(world.app, "b", "a", int(world.clock.now))
        await pushing.quiet()
    assert [asked.json["aps"].get("badge") for asked in apple.asked] == [1, 2, 0, 0]
    last = apple.asked[-1]
    assert last.json == {"aps": {"badge": 0}}, "an empty alert would show"
    assert (last.headers["apns-push-type"], last.headers["apns-priority"]) == ("alert", "5")
    await pushing.send("3")
    await pushing.quiet()
    assert apple.asked[-1].json["aps"]["badge"] == 1
