"""What a server writes down while it works and fails: which request it was, never what was said or any secret."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
import httpx
import pytest

from sodam_client import Client, LoginError
from tests.support.server import ServerProcess

SAID = "what-was-said"
ROOT = "Root-password-4711"
SEAL = "seal-" + "k" * 40


async def test_secrets_and_bodies_stay_out_of_it(tmp_path: Path) -> None:
    """At the level debug; a table is taken away to see what a defect writes."""
    secret = {"SODAM_ROOT_PASSWORD": ROOT, "SODAM_SECRET_KEY": SEAL}
    server = ServerProcess(tmp_path, {**secret, "SODAM_LOG_LEVEL": "debug"})
    signatures = {user: server.usersig(user) for user in ("administrator", "ann", "bob")}
    expired = server.usersig("ann", expire=60, now=1_600_000_000)
    asked = {"sdkappid": server.sdkappid, "identifier": "administrator", "usersig": signatures["administrator"]}
    sent = {
        "From_Account": "ann",
        "To_Account": "bob",
        "MsgRandom": 7,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": SAID}}],
    }
    try:
        async with httpx.AsyncClient(base_url=f"{server.url}/v4") as http:
            made = await http.post(
                "/im_open_login_svc/multiaccount_import", params=asked, json={"Accounts": ["ann", "bob"]}
            )
            assert made.json()["ErrorCode"] == 0
            ids = {made.headers["x-request-id"]}
            for body in (
                json.dumps(sent),
                json.dumps(sent)[:-5],
                f'{{"x":{"[" * 5000}',
                json.dumps({**sent, "MsgBody": SAID}),
            ):
                ids.add((await http.post("/openim/sendmsg", params=asked, content=body)).headers["x-request-id"])
            await http.post("/openim/sendmsg", params={**asked, "usersig": expired}, json=sent)
            await http.post("/openim/nothing", params=asked, json=sent)
            async with Client(server.ws_url, server.sdkappid, "ann", signatures["ann"]) as ann:
                await ann.send_text("bob", SAID)
            with pytest.raises(LoginError):
                async with Client(server.ws_url, server.sdkappid, "ann", expired):
                    pass
            login = {"UserName": "root", "Password": ROOT}
            await http.post(f"{server.url}/console/api/login", json=login)
            outside = apsw.Connection(str(tmp_path / "data/sodam.db"))
            outside.set_busy_timeout(60_000)
            for table in ("c2c_head", "c2c_message"):
                outside.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
            outside.close()
            failed = await http.post("/openim/sendmsg", params=asked, json={**sent, "MsgRandom": 8})
            assert failed.json()["ErrorCode"] != 0
            read = {"Operator_Account": "ann", "Peer_Account": "bob", "MaxCnt": 9, "MinTime": 0, "MaxTime": 2**31}
            failed = await http.post("/openim/admin_getroammsg", params=asked, json=read)
            assert failed.json()["ErrorCode"] != 0
            number = failed.headers["x-request-id"]
            assert number not in ids
            assert len(ids) == 5
    finally:
        server.stop()
    written = server.log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    defect = [line for line in lines if line.get("request_id") == number]
    assert len(defect) == 1, "the answer's X-Request-Id leads to the line"
    assert "Traceback" in defect[0]["exception"]
    hidden = [SAID, ROOT, SEAL, server.key, expired, *signatures.values()]
    for text in hidden:
        assert text not in written, f"{text} is in the log"
    assert not [text for text in hidden if text in server.output.read_text() and text not in signatures.values()]
