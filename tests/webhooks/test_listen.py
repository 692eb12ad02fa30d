"""`sodam listen`: what comes is printed and passed on, and answered as the other side answers."""

from __future__ import annotations

import asyncio
import signal
import sys

from tests.support.receiver import Receiver, answering
from tests.webhooks.conftest import Shop


async def test_events_are_printed_and_passed_on(shop: Shop, receiver: Receiver) -> None:
    command = [sys.executable, "-m", "sodam", "listen", "--port", "0", "--forward", f"{receiver.url}/mine?x=1"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().removeprefix("Callback URL: ").strip()
        await shop.configure(["C2C.CallbackBeforeSendMsg", "Sns.CallbackBlackListAdd"], Url=url)
        await shop.users("ann", "bob")
        receiver.answer = answering({"ErrorCode": 120007, "ErrorInfo": "not now"})
        assert (await shop.say("ann", "bob", "hi"))["ErrorCode"] == 120007
        (got,) = receiver.of("C2C.CallbackBeforeSendMsg")
        assert (got.path, got.query["x"], got.query["OptPlatform"]) == ("/mine", "1", "RESTAPI")
        assert (await process.stdout.readline()).startswith(b"C2C.CallbackBeforeSendMsg {")
        assert b"not now" in await process.stdout.readline()
        await goes_on(shop, receiver, process.stdout)
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 60)


async def goes_on(shop: Shop, receiver: Receiver, printed: asyncio.StreamReader) -> None:
    """An event that cannot be passed on comes again; sent again it has its ID; a sample of each shape is printed."""
    after = "Sns.CallbackBlackListAdd"

    async def until(words: bytes) -> bytes:
        async with asyncio.timeout(60):
            while not (line := await printed.readline()).startswith(words):
                pass
        return line

    await receiver.stop()
    await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["bob"]})
    assert b'"To_Account": "bob"' in await until(f"{after} {{".encode())
    await until(b"  not passed on: ")
    await receiver.start()
    (got,) = await receiver.wait(after)
    await until(b"  200 ")
    (newest, *_) = (await shop.console("DescribeCallbackLog", Command=after))["Deliveries"]
    await shop.console("ResendCallback", DeliveryId=newest["DeliveryId"])
    assert (await receiver.wait(after, 2))[1].id == got.id
    for command in ("Push.OfflinePush", "State.StateChange"):
        assert (await shop.console("SendTestCallback", Command=command))["Outcome"] == "delivered"
        await until(f"{command} {{".encode())
