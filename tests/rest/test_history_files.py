"""``open_msg_svc/get_history``: files of an hour's messages (rest-messages.md 5)."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from sodam.history_files import service
from sodam.history_files.service import ZONE
from sodam.jobs.model import Scope
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import text

COMMAND = "open_msg_svc/get_history"


@pytest_asyncio.fixture
async def files(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[service.HistoryFiles]:
    """With jobs at work, parts of two messages, and a clock that is two hours ahead."""
    monkeypatch.setattr(service, "_PAGE", 2)
    found = rest.server.services.history_files
    monkeypatch.setattr(found, "_clock", lambda: time.time() + 7200)
    await rest.server.jobs.start()
    yield found
    await rest.server.jobs.stop()


async def asked(rest: Rest, chat_type: str, hour: str) -> dict[str, Any]:
    async with asyncio.timeout(90):
        while (answer := await rest(COMMAND, {"ChatType": chat_type, "MsgTime": hour}))["ErrorCode"] == 1004:
            await asyncio.sleep(0.1)
    assert answer["ErrorCode"] == 0, answer
    (file,) = answer["File"]
    assert isinstance(file, dict)
    return file


async def read(rest: Rest, file: dict[str, Any]) -> list[Any]:
    """The file as a consumer reads it: line by line. The messages."""
    got = await rest.client.get(file["URL"], headers={"accept-encoding": "identity"})
    assert (got.status_code, got.headers["content-type"]) == (200, "application/gzip")
    plain = gzip.decompress(got.content)
    sizes = (len(plain), hashlib.md5(plain).hexdigest(), len(got.content), hashlib.md5(got.content).hexdigest())
    assert sizes == (file["FileSize"], file["FileMD5"], file["GzipSize"], file["GzipMD5"])
    first, *lines, last = plain.decode().split("\n")
    assert first.endswith("[")
    assert last == "]}"
    assert all(line.endswith(",") for line in lines[:-1])
    assert not lines[-1].endswith(",")
    json.loads(plain)
    return [json.loads(line.rstrip(",")) for line in lines]


async def test_files_of_an_hour(rest: Rest, files: service.HistoryFiles) -> None:
    for user in ("ann", "bob", "cat"):
        assert await rest.code("im_open_login_svc/account_import", {"UserID": user}) == 0
    sent = []
    for n, (one, two) in enumerate([("ann", "bob"), ("bob", "ann"), ("ann", "cat"), ("ann", "bob"), ("cat", "bob")]):
        body = {"From_Account": one, "To_Account": two, "MsgRandom": n, "MsgBody": text(f"line {n}\nand on")}
        raw = json.dumps(
            body | {"CloudCustomData": "mine" if n == 0 else ""}, indent=1
        ).encode()  # breaks within tokens
        answer = await rest("openim/sendmsg", raw)
        assert answer["ErrorCode"] == 0, answer
        sent.append((one, two, n, answer["MsgTime"], answer["MsgKey"]))
    hour = datetime.fromtimestamp(sent[0][3], ZONE).strftime("%Y%m%d%H")
    assert (
        await rest.code("openim/admin_msgwithdraw", {"From_Account": "cat", "To_Account": "bob", "MsgKey": sent[4][4]})
        == 0
    )
    group = {"Type": "Public", "Name": "g", "GroupId": "team", "Owner_Account": "ann"}
    assert await rest.code("group_open_http_svc/create_group", group) == 0
    for n in range(5):
        body = {"GroupId": "team", "From_Account": "ann", "Random": n, "MsgBody": text(f"to all {n}")}
        assert await rest.code("group_open_http_svc/send_group_msg", body) == 0

    # The hour is not over; a call in time has the file made, and gets it.
    assert (
        await rest.code(COMMAND, {"ChatType": "C2C", "MsgTime": datetime.now(ZONE).strftime("%Y%m%d") + "99"}) == 1002
    )
    ahead = datetime.fromtimestamp(time.time() + 7200, ZONE).strftime("%Y%m%d%H")
    assert await rest.code(COMMAND, {"ChatType": "C2C", "MsgTime": ahead}) == 1004
    file = await asked(rest, "C2C", hour)
    assert file["URL"].startswith("http://sodam/history/")
    assert file["URL"].endswith(f"/{SDKAPPID}_C2C_{hour}.gz")
    lines = await read(rest, file)
    expected = {
        (one, two, n, at, key)
        for one, two, n, at, key in sent[:4]
        if datetime.fromtimestamp(at, ZONE).strftime("%Y%m%d%H") == hour
    }
    names = ("From_Account", "To_Account", "MsgRandom", "MsgTimestamp", "MsgKey")
    assert {tuple(line[name] for name in names) for line in lines} == expected
    assert [line.get("CloudCustomData") for line in lines if line["MsgRandom"] == 0] == ["mine"]
    assert {line["MsgBody"][0]["MsgContent"]["Text"] for line in lines} >= {"line 0\nand on"}
    said = await read(rest, await asked(rest, "Group", hour))
    assert [line["MsgBody"][0]["MsgContent"]["Text"] for line in said] == [f"to all {n}" for n in range(5)][: len(said)]
    assert {(line["GroupId"], line["From_Account"]) for line in said} == {("team", "ann")}
    # Asked again: the same file, made once; an hour in which nothing was sent has none.
    assert (await asked(rest, "C2C", hour))["GzipMD5"] == file["GzipMD5"]
    empty = datetime.fromtimestamp(sent[0][3] - 7200, ZONE).strftime("%Y%m%d%H")
    assert await rest.code(COMMAND, {"ChatType": "C2C", "MsgTime": empty}) == 1004
    kinds = [job.kind for job in (await rest.server.jobs.page(Scope([SDKAPPID]), "", 0, 20))[1]]
    assert kinds == ["HistoryFile"] * 3


async def test_what_official_accounts_say_stands_behind(rest: Rest, files: service.HistoryFiles) -> None:
    """Each message once, however many follow; what was recalled is left out."""
    for user in ("ann", "bob"):
        assert await rest.code("im_open_login_svc/account_import", {"UserID": user}) == 0
    service_of, sent = "official_account_open_http_svc", []
    for account, count in (("@TOA#_a", 3), ("@TOA#_b", 0), ("@TOA#_c", 2)):
        made = {"Owner_Account": "ann", "Name": "News", "OfficialAccountUserID": account}
        assert await rest.code(f"{service_of}/create_official_account", made) == 0
        followers = {"Official_Account": account, "SubscriberList": [{"Subscriber_Account": u} for u in ("ann", "bob")]}
        assert await rest.code(f"{service_of}/add_subscriber", followers) == 0
        for n in range(count):
            body = {"Official_Account": account, "Random": n, "MsgBody": text(f"{account} {n}")}
            sent.append((account, (await rest(f"{service_of}/send_official_account_msg", body))["MsgKey"]))
    taken_back = {"Official_Account": "@TOA#_a", "MsgKeyList": [sent[1][1]]}
    assert await rest.code(f"{service_of}/official_account_msg_recall", taken_back) == 0
    body = {"From_Account": "ann", "To_Account": "bob", "MsgRandom": 1, "MsgBody": text("x")}
    sent.insert(0, ("ann", (await rest("openim/sendmsg", body))["MsgKey"]))
    at = int(sent[1][1].split("_")[0])
    hour = datetime.fromtimestamp(at, ZONE).strftime("%Y%m%d%H")
    lines = await read(rest, await asked(rest, "C2C", hour))
    expected = sent[:2] + sent[3:]
    if datetime.fromtimestamp(time.time(), ZONE).strftime("%Y%m%d%H") == hour:  # else some stand in the next file
        assert [(line["From_Account"], line["MsgKey"]) for line in lines] == expected
    assert {line["To_Account"] for line in lines} <= {"bob", ""}


async def test_addresses_end(rest: Rest, files: service.HistoryFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("ann", "bob"):
        assert await rest.code("im_open_login_svc/account_import", {"UserID": user}) == 0
    body = {"From_Account": "ann", "To_Account": "bob", "MsgRandom": 1, "MsgBody": text("x")}
    at = (await rest("openim/sendmsg", body))["MsgTime"]
    hour = datetime.fromtimestamp(at, ZONE).strftime("%Y%m%d%H")
    url = (await asked(rest, "C2C", hour))["URL"].removeprefix("http://sodam")
    _, _, job, expires, signature, name = url.split("/")
    for wrong in (
        f"/history/{job}/{int(expires) + 1}/{signature}/{name}",
        f"/history/{job[::-1]}/{expires}/{signature}/{name}",
        f"/history/{job}/{expires}/{signature[::-1]}/{name}",
        "/history/",
        f"/history/{job}/{expires}/{signature}/../../secret",
    ):
        got = await rest.client.get(wrong)
        assert (got.status_code, got.json()["ErrorCode"]) == (404, 1001), wrong
    assert (await rest.client.post(url)).status_code == 404
    monkeypatch.setattr(files, "_clock", lambda: int(expires) + 1.0)
    got = await rest.client.get(url)
    assert (got.status_code, got.json()["ErrorCode"]) == (410, 1005)
    assert (await rest.client.get((await asked(rest, "C2C", hour))["URL"])).status_code == 200, "a new address"
    monkeypatch.setattr(files, "_clock", lambda: at + 8 * 86400.0)
    assert await rest.code(COMMAND, {"ChatType": "C2C", "MsgTime": hour}) == 1005
