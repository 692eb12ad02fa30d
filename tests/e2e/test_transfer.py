"""`sodam export` and `sodam import`: an app moves from one engine to the other, under another number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import Engine, ServerFactory, ServerProcess

NUMBER = 1400000777
USERS = [f"user{n}" for n in range(30)]


def sodam(server: ServerProcess, *words: str) -> str:
    command = [sys.executable, "-m", "sodam", *words]
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def fill(server: ServerProcess) -> int:
    """The MsgSeq of the newest message of the group."""

    async def ok(command: str, body: Any) -> dict[str, Any]:
        answer = await server.rest(command, body)
        assert answer["ErrorCode"] == 0, f"{command}: {answer}"
        return answer

    await ok("im_open_login_svc/multiaccount_import", {"Accounts": USERS})
    await ok("im_open_login_svc/account_import", {"UserID": "user0", "Nick": "가나다"})
    for number, user in enumerate(USERS[1:]):
        friend = {"To_Account": user, "AddSource": "AddSource_Type_Test", "Remark": f"n{number}"}
        await ok("sns/friend_import", {"From_Account": "user0", "AddFriendItem": [friend]})
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"message {number}"}}]
        sent = {"From_Account": user, "To_Account": "user0", "MsgRandom": number, "MsgBody": body}
        await ok("openim/sendmsg", sent)
    group = {"Owner_Account": "user0", "Type": "Public", "GroupId": "team", "Name": "Team"}
    await ok("group_open_http_svc/create_group", {**group, "MemberList": [{"Member_Account": u} for u in USERS[1:9]]})
    for number in range(5):
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"to all {number}"}}]
        sent = {"GroupId": "team", "From_Account": "user1", "Random": number, "MsgBody": body}
        last = await ok("group_open_http_svc/send_group_msg", sent)
    return int(last["MsgSeq"])


async def seen(server: ServerProcess) -> list[Any]:
    """What the app's own clients would read of it."""
    found: list[Any] = []
    for command, body in (
        ("sns/friend_get", {"From_Account": "user0", "StartIndex": 0}),
        ("profile/portrait_get", {"To_Account": ["user0"], "TagList": ["Tag_Profile_IM_Nick"]}),
        ("group_open_http_svc/get_group_member_info", {"GroupId": "team"}),
        ("recentcontact/get_list", {"From_Account": "user0", "TimeStamp": 0, "StartIndex": 0, "OrderType": 1}),
    ):
        answer = await server.rest(command, body)
        assert answer["ErrorCode"] == 0, f"{command}: {answer}"
        found.append(answer)
    for user in USERS[1:]:
        asked = {"Operator_Account": "user0", "Peer_Account": user, "MaxCnt": 9, "MinTime": 0, "MaxTime": 2**31}
        answer = await server.rest("openim/admin_getroammsg", asked)
        assert [m["MsgBody"][0]["MsgContent"]["Text"][:7] for m in answer["MsgList"]] == ["message"]
        found.append(answer["MsgList"])
    return found


@pytest.mark.parametrize(("first", "second"), [("sqlite", "postgres"), ("postgres", "sqlite")])
async def test_an_app_moves(first: Engine, second: Engine, server_factory: ServerFactory, tmp_path: Path) -> None:
    source, target = server_factory(first), server_factory(second)
    last = await fill(source)
    await fill(target)  # an app of the same content, whose rows must stay apart
    before, of_target = await seen(source), await seen(target)
    archive = str(tmp_path / "archive")
    if first == "sqlite":  # which belongs to one process
        source.stop()
    told = sodam(source, "export", archive, "--sdkappid", str(source.sdkappid))
    assert "31 account," in told
    assert "29 c2c_message" in told
    assert {oct(path.stat().st_mode)[-3:] for path in Path(archive).iterdir()} == {"600"}
    if second == "sqlite":
        target.stop()
    assert "counts and hashes are equal" in sodam(target, "import", archive, "--sdkappid", str(NUMBER))
    if second == "sqlite":
        target.start()
    assert await seen(target) == of_target
    target.sdkappid = NUMBER
    assert await seen(target) == before
    # It goes on living: numbers that the database gives are free.
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "message that is new"}}]
    sent = {"From_Account": "user1", "To_Account": "user0", "MsgRandom": 77, "MsgBody": body}
    assert (await target.rest("openim/sendmsg", sent))["ErrorCode"] == 0
    sent = {"GroupId": "team", "From_Account": "user2", "Random": 99, "MsgBody": body}
    answer = await target.rest("group_open_http_svc/send_group_msg", sent)
    assert answer["MsgSeq"] == last + 1
    group = {"Owner_Account": "user0", "Type": "Public", "Name": "Another"}
    assert (await target.rest("group_open_http_svc/create_group", group))["ErrorCode"] == 0


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_an_import_that_is_killed_goes_on(engine: Engine, server_factory: ServerFactory, tmp_path: Path) -> None:
    source = server_factory(engine)
    await fill(source)
    before = await seen(source)
    archive = str(tmp_path / "archive")
    if engine == "sqlite":
        source.stop()
    sodam(source, "export", archive, "--sdkappid", str(source.sdkappid))
    command = [sys.executable, "-m", "sodam", "import", archive, "--sdkappid", str(NUMBER)]
    # Waits for ever once the accounts are in; what was committed stays.
    stuck = (
        "import sys, time; from sodam.cli.main import run\n"
        "def wait(self, table, rows):\n"
        "    if table == 'c2c_head': print('there', flush=True); time.sleep(600)\n"
        "import sodam.cli.transfer as t; t._Progress.__call__ = wait; sys.exit(run(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", stuck, *command[3:]], env=source.environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    process.kill()
    process.wait()
    assert "counts and hashes are equal" in sodam(source, *command[3:])
    if engine == "sqlite":
        source.start()
    source.sdkappid = NUMBER
    assert await seen(source) == before
