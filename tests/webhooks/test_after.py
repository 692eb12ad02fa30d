"""After-callbacks outlive an absent receiver and a killed server: at least once, in order, marked by their ID."""

from __future__ import annotations

import asyncio
import random
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.support.console import PASSWORD, ConsoleClient
from tests.support.forkserver import SHORT_LEASE, constants
from tests.support.receiver import Got, Receiver, Reply, answering
from tests.support.seeds import SEED
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually
from tests.webhooks.conftest import Shop

AFTER = "C2C.CallbackAfterSendMsg"
BEFORE = "C2C.CallbackBeforeSendMsg"
PAIRS = [("ann", "bob"), ("ann", "cat"), ("bob", "cat")]


async def burst(shop: Shop, rounds: int, begin: int) -> list[str]:
    """Messages in three conversations; the words that were acknowledged."""
    said = []
    for n in range(begin, begin + rounds):
        for sender, recipient in PAIRS:
            words = f"{sender}-{recipient} {n:03}"
            if (await shop.say(sender, recipient, words))["ErrorCode"] == 0:
                said.append(words)
    return said


def words(got: Got) -> str:
    return str(got.body["MsgBody"][0]["MsgContent"]["Text"])


def check_order(found: list[Got]) -> None:
    """By conversation the first sight of every event is in order, and what comes again has its ID and its body.

    UnreadMsgNum is counted at the first try, which a killed server begins anew.
    """
    seen: dict[str, Any] = {}
    order: dict[str, list[str]] = {}
    for got in found:
        if got.id in seen:
            assert seen[got.id] == got.body | {"UnreadMsgNum": 0}
            continue
        seen[got.id] = got.body | {"UnreadMsgNum": 0}
        order.setdefault(words(got).split(" ")[0], []).append(words(got))
    for said in order.values():
        assert said == sorted(said)
    assert len({words(got) for got in found}) == len(seen), "one ID an event"


async def test_an_absent_receiver_and_a_killed_server(shop: Shop, receiver: Receiver) -> None:
    await shop.configure([AFTER])
    await shop.users("ann", "bob", "cat")
    said = await burst(shop, 3, 0)
    await receiver.wait(AFTER, len(said))
    await receiver.stop()
    said += await burst(shop, 5, 3)
    shop.server.kill()
    shop.server.start()
    said += await burst(shop, 5, 8)
    shop.server.kill()
    shop.server.start()
    await receiver.start()
    said += await burst(shop, 2, 13)

    async def missing() -> list[str]:
        return sorted(set(said) - {words(got) for got in receiver.of(AFTER)})

    await eventually(missing, [], 90, what="what did not arrive")
    check_order(receiver.of(AFTER))
    async with ConsoleClient(shop.server.url) as root:
        await root.login()
        shop.root = root

        async def waiting() -> Any:
            return (await shop.console("DescribeCallBack"))["Waiting"]

        await eventually(waiting, 0, 30, what="the number of waiting events")


async def test_a_failing_event_holds_up_its_conversation_alone(shop: Shop, receiver: Receiver) -> None:
    """And one that hangs holds up nobody: other conversations' events are there before its time is over."""
    await shop.configure([AFTER])
    await shop.users("ann", "bob", "cat")
    tries, others_came = 0, asyncio.Event()

    async def answer(got: Got) -> Reply | None:
        nonlocal tries
        if "ann-bob 000" in words(got):
            tries += 1
            if tries == 1:
                await others_came.wait()
            return (500 if tries < 3 else 200), b"{}"
        return 200, b"{}"

    receiver.answer = answer
    said = await burst(shop, 3, 0)
    others = [one for one in said if not one.startswith("ann-bob")]
    await receiver.wait(AFTER, 1 + len(others))
    assert [words(got) for got in receiver.of(AFTER)].count("ann-bob 000") == 1
    others_came.set()
    await receiver.wait(AFTER, len(said) + 2, seconds=60)
    mine = [words(got) for got in receiver.of(AFTER) if words(got).startswith("ann-bob")]
    assert [word for word, _ in groupby(mine)] == ["ann-bob 000", "ann-bob 001", "ann-bob 002"]
    check_order(receiver.of(AFTER))


async def test_any_2xx_is_a_delivery_whatever_it_says(shop: Shop, receiver: Receiver) -> None:
    await shop.configure(["Sns.CallbackBlackListAdd"])
    await shop.users("ann", "bob", "cat")
    replies = iter([(201, b"<html>"), (200, b"x" * 10_000_000), (204, b"")])

    async def answer(got: Got) -> Reply | None:
        return next(replies, (200, b'{"ErrorCode":1}'))

    receiver.answer = answer
    for n in range(4):
        await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["bob"]})
        await shop.rest("sns/black_list_delete", {"From_Account": "ann", "To_Account": ["bob"]})
        await receiver.wait("Sns.CallbackBlackListAdd", n + 1)

    async def outcomes() -> list[str]:
        log = await shop.console("DescribeCallbackLog", Limit=50)
        return [one["Outcome"] for one in log["Deliveries"]]

    await eventually(outcomes, ["delivered"] * 4)


@pytest.mark.parametrize("seconds", [4])
async def test_the_original_tries_three_times_and_after_time_outs_only(shop: Shop, receiver: Receiver) -> None:
    await shop.configure(["Sns.CallbackBlackListAdd", "Sns.CallbackBlackListDelete"], Retry="original")
    await shop.users("ann", "bob")

    async def answer(got: Got) -> Reply | None:
        if got.command == "Sns.CallbackBlackListAdd":
            return 500, b""
        await asyncio.sleep(3600)
        return 200, b""

    receiver.answer = answer
    await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["bob"]})
    await shop.rest("sns/black_list_delete", {"From_Account": "ann", "To_Account": ["bob"]})

    async def given_up() -> Any:
        return (await shop.console("DescribeCallBack"))["GivenUp"]

    await eventually(given_up, 2, 90, what="the number of events given up")
    assert len(receiver.of("Sns.CallbackBlackListAdd")) == 1
    assert len(receiver.of("Sns.CallbackBlackListDelete")) == 3


async def test_the_log_and_sending_again(shop: Shop, receiver: Receiver) -> None:
    """Request, answer, time and outcome of every try; one is sent again with its ID, and all since a time."""
    await shop.configure([AFTER])
    await shop.users("ann", "bob")
    receiver.answer = answering({"ErrorCode": 0, "ErrorInfo": "thanks"})
    for n in range(3):
        await shop.say("ann", "bob", f"{n}")
    await receiver.wait(AFTER, 3)

    async def logged() -> int:
        return len((await shop.console("DescribeCallbackLog", Command=AFTER))["Deliveries"])

    await eventually(logged, 3)
    page = await shop.console("DescribeCallbackLog", Command=AFTER, Limit=2)
    newest = page["Deliveries"][0]
    assert (newest["Outcome"], newest["Status"], newest["Attempt"]) == ("delivered", 200, 1)
    assert "thanks" in newest["Answer"]
    assert newest["Request"] == receiver.of(AFTER)[2].raw.decode()
    older = await shop.console("DescribeCallbackLog", Command=AFTER, Limit=2, Before=page["Next"])
    assert len(older["Deliveries"]) == 1
    assert older["Next"] == 0
    assert (await shop.console("ResendCallback", DeliveryId=newest["DeliveryId"]))["Events"] == 1
    again = (await receiver.wait(AFTER, 4))[3]
    assert (again.id, again.raw) == (newest["EventId"], receiver.of(AFTER)[2].raw)
    await eventually(logged, 4)
    first = older["Deliveries"][0]["Time"]
    count = (await shop.console("ResendCallback", Since=first))["Events"]
    found = await receiver.wait(AFTER, 4 + count)
    assert {got.id for got in found[4:]} == {got.id for got in found[:3]}
    tested = await shop.console("SendTestCallback", Command="State.StateChange")
    assert tested["Outcome"] == "delivered"
    assert receiver.of("State.StateChange")[0].body["Info"]["To_Account"] == "nora_k"
    assert (await shop.console("DescribeCallbackLog", FailedOnly=True))["Deliveries"] == []

    async def of(**wanted: Any) -> list[str]:
        return [one["Command"] for one in (await shop.console("DescribeCallbackLog", **wanted))["Deliveries"]]

    async def of_newest() -> list[str]:
        return await of(EventId=newest["EventId"])

    await eventually(of_newest, [AFTER] * (2 + sum(got.id == again.id for got in found[4:])))
    assert await of(Url=f"{receiver.url}/hook", Outcome="delivered", Since=tested["Time"]) == ["State.StateChange"]
    assert await of(Url=f"{receiver.url}/hook", Until=tested["Time"] - 1, Command="State.StateChange") == []
    assert await of(Url="https://elsewhere") + await of(Outcome="timeout") == []


async def test_two_nodes_share_the_work(server_factory: ServerFactory, receiver: Receiver) -> None:
    """Messages over both, one of them killed meanwhile: all arrive, in order."""
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    chosen = random.Random(seed)
    server = server_factory("postgres", nodes=2, env={"SODAM_ROOT_PASSWORD": PASSWORD} | constants(**SHORT_LEASE))

    async def answer(got: Got) -> Reply | None:
        await asyncio.sleep(chosen.random() / 50)
        return 200, b"{}"

    receiver.answer = answer
    async with ConsoleClient(server.url) as root:
        await root.login()
        shop = Shop(server, root, receiver)
        await shop.configure([AFTER])
        await shop.users("ann", "bob", "cat")
    said = []
    for n in range(12):
        shop.server = server.nodes[n % 2]
        said += await burst(shop, 1, n)
    server.nodes[1].kill()
    shop.server = server
    said += await burst(shop, 3, 12)

    async def missing() -> list[str]:
        return sorted(set(said) - {words(got) for got in receiver.of(AFTER)})

    await eventually(missing, [], 90, what="what did not arrive")
    check_order(receiver.of(AFTER))


async def the_pause_shows(shop: Shop, receiver: Receiver) -> None:
    """That the receiver is left alone shows where the other process knows it; no longer once it is back."""

    async def rests() -> bool:
        return bool((await shop.console("DescribeCallBack"))["PausedUntil"])

    assert not await rests()
    await shop.configure([AFTER])
    await receiver.stop()
    friends = [f"friend{n}" for n in range(7)]
    await shop.users(*friends)
    for name in friends:
        await shop.say("ann", name, "9 000")
    await eventually(rests, True, 60)
    await receiver.start()
    await eventually(rests, False, 90)

    async def reached() -> set[str]:
        return {got.body["To_Account"] for got in receiver.of(AFTER)} & set(friends)

    await eventually(reached, set(friends), 90)


async def test_a_process_that_only_serves(server_factory: ServerFactory, receiver: Receiver, tmp_path: Path) -> None:
    """It asks before a message and writes what is to be told after it; the process beside it tells, also what was
    written while it was away, and does the jobs."""
    working = server_factory("postgres", env={"SODAM_ROOT_PASSWORD": PASSWORD} | constants(**SHORT_LEASE))
    environment = working.environment | {"SODAM_BACKGROUND_WORK": "off"}
    del environment["SODAM_DATA_DIR"]
    (tmp_path / "serving").mkdir()
    serving = ServerProcess(tmp_path / "serving", environment)
    try:
        async with ConsoleClient(serving.url) as root:
            await root.login()
            shop = Shop(serving, root, receiver)
            await shop.configure([BEFORE, AFTER])
            await shop.users("ann", "bob")
            await shop.say("ann", "bob", "0 000")
            (told, *_), (asked, *_) = await receiver.wait(AFTER), await receiver.wait(BEFORE)
            assert told.query["RequestId"][:24] != asked.query["RequestId"][:24], "two processes"
            working.kill()
            for n in range(1, 4):
                await shop.say("ann", "bob", f"0 {n:03}")
            assert (await shop.console("DescribeCallBack"))["Waiting"] >= 3  # the first may not be forgotten yet
            working.start()

            async def heard() -> list[str]:
                return list(dict.fromkeys(words(got) for got in receiver.of(AFTER)))

            await eventually(heard, [f"0 {n:03}" for n in range(4)], 60)
            job = (await root.call("im/ExportAccounts", SDKAppID=serving.sdkappid, Format="csv"))["JobId"]

            async def state() -> Any:
                return (await root.call("im/DescribeJob", JobId=job))["State"]

            await eventually(state, "done", 30)
            await the_pause_shows(shop, receiver)
    finally:
        assert serving.stop() == 0
    serving.check_log()


async def test_a_url_that_is_denied_is_not_called(server_factory: ServerFactory, receiver: Receiver) -> None:
    """With SODAM_OUTBOUND_PRIVATE=deny, loopback; link-local always. The log says why; the message goes."""
    server = server_factory("sqlite", env={"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_OUTBOUND_PRIVATE": "deny"})
    async with ConsoleClient(server.url) as root:
        await root.login()
        shop = Shop(server, root, receiver)
        await shop.users("ann", "bob")
        said = []  # before anything is sent; what a name is shows then
        for url in (receiver.url, f"http://localhost:{receiver.port}", f"http://[::ffff:127.0.0.1]:{receiver.port}/"):
            await shop.configure(["C2C.CallbackBeforeSendMsg"], Url=url)
            said.append((await shop.console("DescribeCallBack"))["Refused"])
            assert (await shop.say("ann", "bob", url))["ErrorCode"] == 0
        await shop.configure(["C2C.CallbackBeforeSendMsg"], Url="http://169.254.169.254/latest/meta-data")
        said.append((await shop.console("DescribeCallBack"))["Refused"])
        assert said == [True, False, True, True]
        await shop.say("ann", "bob", "metadata")
        log = await shop.console("DescribeCallbackLog")
        assert [one["Outcome"] for one in log["Deliveries"]] == ["address"] * 4
        assert receiver.got == []


async def test_a_question_is_asked_again_once(shop: Shop, receiver: Receiver) -> None:
    """A before-callback of the log that is sent again is no event: it is not tried for three days."""
    before = "C2C.CallbackBeforeSendMsg"
    await shop.configure([before])
    await shop.users("ann", "bob")
    await shop.say("ann", "bob", "may I?")
    (asked,) = await receiver.wait(before)

    async def logged() -> int:
        return len((await shop.console("DescribeCallbackLog", Command=before))["Deliveries"])

    await eventually(logged, 1)
    (one,) = (await shop.console("DescribeCallbackLog", Command=before))["Deliveries"]
    receiver.answer = answering(b"", status=500)
    assert (await shop.console("ResendCallback", DeliveryId=one["DeliveryId"]))["Events"] == 1
    _, again = await receiver.wait(before, 2)
    assert (again.id, again.raw) == (asked.id, asked.raw)
    await eventually(logged, 2)
    assert (await shop.console("DescribeCallBack"))["Waiting"] == 0


async def test_a_test_that_is_answered_ends_a_pause(server_factory: ServerFactory, receiver: Receiver) -> None:
    """Whoever mended the receiver need not wait for the next try, which is an hour away here."""
    pause = constants(**{"sodam.webhooks.breaker.PAUSES_MS": [3_600_000]})
    server = server_factory("sqlite", env={"SODAM_ROOT_PASSWORD": PASSWORD} | pause)
    async with ConsoleClient(server.url) as root:
        await root.login()
        shop = Shop(server, root, receiver)
        await shop.configure([AFTER])
        friends = {f"friend{n}" for n in range(7)}
        await shop.users("ann", *friends)
        await receiver.stop()
        for name in friends:
            await shop.say("ann", name, "9 000")

        async def rests() -> bool:
            return bool((await shop.console("DescribeCallBack"))["PausedUntil"])

        await eventually(rests, True, 60)
        assert (await shop.console("SendTestCallback", Command=AFTER))["Outcome"] == "connect"
        assert await rests()
        await receiver.start()
        assert (await shop.console("SendTestCallback", Command=AFTER))["Outcome"] == "delivered"
        assert not await rests()

        async def reached() -> set[str]:
            return {got.body["To_Account"] for got in receiver.of(AFTER)} & friends

        await eventually(reached, friends, 90)
