"""`sodam migrate` between two servers: stopped, killed and gone on with, it leaves the same app there."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import time
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.amounts import amounts
from tests.support.seeds import SEED
from tests.support.server import KEY, SDKAPPID, Engine, ServerFactory, ServerProcess

HOUR = 3600
SETTINGS = f"""
[[app]]
sdkappid = {SDKAPPID}
key_env = "APP_KEY"
[app.settings.groups]
community = true
community_topics = true
"""


def _text(text: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]


class Filler:
    """Fills an app by REST, as the app's own back end would have over the years."""

    def __init__(self, server: ServerProcess, client: httpx.AsyncClient, size: int, messages: int) -> None:
        """`messages`: how many there are, nearly: half of them in groups."""
        self.server, self.client, self.size = server, client, size
        self.groups, self.pairs = max(3, size * 3 // 50), size // 4
        self.in_group, self.in_pair = messages // 2 // self.groups, max(12, messages // 2 // self.pairs)
        self.dice = random.Random(SEED)
        self.users = [f"user{n:05}" for n in range(size)]
        self.now = int(time.time())

    async def __call__(self, command: str, **body: Any) -> dict[str, Any]:
        answer = await self.server.rest(command, body, client=self.client)
        assert answer["ErrorCode"] == 0, (command, answer)
        return answer

    async def fill(self) -> None:
        for start in range(0, self.size, 100):
            listed = [{"UserID": user, "Nick": f"Nick of {user}"} for user in self.users[start : start + 100]]
            await self("im_open_login_svc/multiaccount_import", AccountList=listed)
        await self._some(self._relations(number) for number in range(self.size))
        await self("sns/group_add", From_Account=self.users[0], GroupName=["empty one"])
        await self._some(self._group(number) for number in range(self.groups))
        await self._community()
        await self("group_open_http_svc/create_group", Type="AVChatRoom", Name="Live", GroupId="live")
        pairs = [(self.users[number], self.users[-1 - number]) for number in range(self.pairs)]
        await self._some(self._conversation(*pair) for pair in pairs)
        await self._second()

    async def _some(self, what: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Do it, eight at a time."""
        places = asyncio.Semaphore(8)

        async def one(work: Coroutine[Any, Any, None]) -> None:
            async with places:
                await work

        await asyncio.gather(*(one(work) for work in what))

    async def _relations(self, number: int) -> None:
        user = self.users[number]
        item = {"Tag": "Tag_Profile_IM_SelfSignature", "Value": f"sign {number}"}
        await self("profile/portrait_set", From_Account=user, ProfileItem=[item])
        others = [self.users[(number + step) % self.size] for step in (1, 2, 3, 4)]
        friends = [
            {"To_Account": other, "AddSource": "AddSource_Type_Web", "Remark": f"r{number}", "GroupName": ["work"]}
            for other in others
        ]
        await self("sns/friend_import", From_Account=user, AddFriendItem=friends)
        await self("sns/black_list_add", From_Account=user, To_Account=[self.users[(number + 7) % self.size]])

    async def _group(self, number: int) -> None:
        group, kind = f"group{number}", ("Public", "Work", "Meeting")[number % 3]
        made = self.now - 40 * HOUR
        owner, *others = self.dice.sample(self.users, 5)
        await self(
            "group_open_http_svc/import_group",
            Type=kind,
            GroupId=group,
            Name=group,
            Owner_Account=owner,
            CreateTime=made,
        )
        times = sorted(self.dice.choices(range(made + 1, self.now - HOUR), k=self.in_group))
        for start in range(0, len(times), 20):
            items = [
                {
                    "From_Account": self.dice.choice([owner, *others]),
                    "SendTime": at,
                    "Random": n,
                    "MsgBody": _text(f"{at} {n}"),
                }
                for n, at in enumerate(times[start : start + 20], start)
            ]
            await self("group_open_http_svc/import_group_msg", GroupId=group, MsgList=items)
        members = [{"Member_Account": user, "JoinTime": made + 60, "Role": "Member"} for user in others]
        members[0]["Role"] = "Member" if kind == "Work" else "Admin"
        await self("group_open_http_svc/import_group_member", GroupId=group, MemberList=members)
        await self(
            "group_open_http_svc/modify_group_member_info", GroupId=group, Member_Account=others[1], NameCard="Card"
        )
        await self("group_open_http_svc/set_unread_msg_num", GroupId=group, Member_Account=others[2], UnreadMsgNum=3)
        await self("group_open_http_svc/set_group_attr", GroupId=group, GroupAttr=[{"key": "k", "value": f"v{number}"}])
        await self(
            "group_open_http_svc/send_group_msg",
            GroupId=group,
            From_Account=owner,
            Random=7,
            MsgBody=_text("with data"),
            CloudCustomData="cloud",
        )

    async def _community(self) -> None:
        await self(
            "group_open_http_svc/create_group",
            Type="Community",
            Name="City",
            GroupId="@TGS#_city",
            SupportTopic=1,
            Owner_Account=self.users[0],
        )
        topic = await self(
            "million_group_open_http_svc/create_topic",
            GroupId="@TGS#_city",
            TopicName="Food",
            From_Account=self.users[0],
        )
        for number in range(3):
            await self(
                "group_open_http_svc/send_group_msg",
                GroupId="@TGS#_city",
                TopicId=topic["TopicId"],
                From_Account=self.users[0],
                Random=number,
                MsgBody=_text(f"dish {number}"),
            )

    async def _conversation(self, one: str, other: str) -> None:
        for number in range(self.in_pair):
            sender, recipient = (one, other) if number % 3 else (other, one)
            await self(
                "openim/importmsg",
                SyncFromOldSystem=2,
                From_Account=sender,
                To_Account=recipient,
                MsgRandom=number,
                MsgSeq=number + 1,
                MsgTimeStamp=self.now - HOUR + number // 2,
                MsgBody=_text(f"{one} {number}"),
            )

    async def _second(self) -> None:
        """Messages of one second in an order that their numbers contradict; one recalled, one deleted by one side."""
        one, other = self.users[0], self.users[1]
        keys = []
        for number in (9, 3, 7, 1, 8, 2):
            answer = await self(
                "openim/sendmsg",
                From_Account=one,
                To_Account=other,
                MsgSeq=number,
                MsgRandom=number,
                MsgBody=_text(f"live {number}"),
            )
            keys.append(answer["MsgKey"])
        await self("openim/admin_msgwithdraw", From_Account=one, To_Account=other, MsgKey=keys[0])
        await self("openim/delete_c2c_msg_ramble", Operator_Account=one, Peer_Account=other, MsgKeyList=[keys[2]])
        read = [{"From_Account": one, "To_Account": other, "MsgKey": keys[3]}]
        await self("openim/c2c_msg_read_receipt", Operator_Account=other, Peer_Account=one, C2CMsgInfo=read)


async def _migrate(
    source: ServerProcess, target: ServerProcess, place: Path, *more: str, cut: str = ""
) -> tuple[int, str]:
    """Run the command; `cut`: kill it when it says this."""
    command = [sys.executable, "-m", "sodam", "migrate", "--source", source.url, "--source-app", str(SDKAPPID)]
    command += [
        "--rate",
        "0",
        "--target",
        target.url,
        "--accounts",
        str(place / "ids.csv"),
        "--work",
        str(place / "work.db"),
    ]
    env = {**target.environment, "SODAM_SOURCE_KEY": KEY, "SODAM_TARGET_KEY": KEY}
    process = await asyncio.create_subprocess_exec(
        *command, *more, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=place
    )
    assert process.stdout is not None
    lines, cost, began = [], "", time.monotonic()
    while line := (await process.stdout.readline()).decode():
        lines.append(line)
        cost = _cost(process.pid) or cost
        if cut and line.startswith(cut):
            process.send_signal(signal.SIGKILL)
    code = await process.wait()
    print(f"migrate {' '.join(more)}: {time.monotonic() - began:.1f} s by the wall clock, {cost}, ended with {code}")
    return code, "".join(lines)


def _cost(pid: int) -> str:
    """What a process has used so far: the most memory, and processor time."""
    try:
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        used = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return ""
    seconds = sum(map(int, used)) / os.sysconf("SC_CLK_TCK")
    return f"{int(peak[1]) // 1024 if peak else 0} MB at most, {seconds:.1f} s of processor time"


@pytest.mark.parametrize("size", amounts("SODAM_TEST_MIGRATED", usual="40:320", long="5000:200000"))
async def test_an_app_moves(server_factory: ServerFactory, engine: Engine, tmp_path: Path, size: str) -> None:
    settings = tmp_path / "apps.toml"
    settings.write_text(SETTINGS)
    env = {"SODAM_APPLY": str(settings), "APP_KEY": KEY}
    source, target = server_factory(engine, env=env), server_factory(engine, env=env)
    users, messages = map(int, size.split(":"))
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        filler = Filler(source, client, users, messages)
        await filler.fill()
    # One account is not in the list: it is found on the way, as a member, a friend or a partner.
    (tmp_path / "ids.csv").write_text("Nick,UserID\n" + "".join(f"x,{user}\n" for user in filler.users[:-1]))
    code, out = await _migrate(source, target, tmp_path, "--dry-run")
    assert (code, (tmp_path / "work.db").exists()) == (0, False), out
    assert (await target.rest("group_open_http_svc/get_appid_group_list", {}))["TotalCount"] == 0
    amid = "histories: 64 of" if filler.groups > 128 else "histories"
    for cut in ("groups", amid):
        code, out = await _migrate(source, target, tmp_path, cut=cut)
        assert code == -signal.SIGKILL, out
    code, out = await _migrate(source, target, tmp_path, "--compare")
    print(out)
    assert (code, "in the same order" in out) == (0, True), out
    await _looks_alike(source, target, filler)
    code, again = await _migrate(source, target, tmp_path, "--compare")
    assert code == 0, again


async def _unread(end: ServerProcess, user: str) -> dict[str, int]:
    """In each group."""
    body = {"Member_Account": user, "ResponseFilter": {"SelfInfoFilter": ["UnreadMsgNum"]}}
    found = (await end.rest("group_open_http_svc/get_joined_group_list", body))["GroupIdList"]
    return {item["GroupId"]: item["SelfInfo"]["UnreadMsgNum"] for item in found if item["GroupId"].startswith("group")}


async def _looks_alike(source: ServerProcess, target: ServerProcess, filler: Filler) -> None:
    """Asked for the same, both answer the same."""
    one, other = filler.users[0], filler.users[1]
    groups = [f"group{n}" for n in range(filler.groups)]
    questions: list[tuple[str, dict[str, Any]]] = [
        (
            "profile/portrait_get",
            {"To_Account": [one, filler.users[-1]], "TagList": ["Tag_Profile_IM_Nick", "Tag_Profile_IM_SelfSignature"]},
        ),
        ("sns/group_get", {"From_Account": one, "LastSequence": 0, "NeedFriend": "Need_Friend_Type_Yes"}),
        ("group_open_attr_http_svc/get_group_attr", {"GroupId": groups[1]}),
        ("openim/get_c2c_unread_msg_num", {"To_Account": other, "Peer_Account": [one]}),
        ("openim/get_c2c_unread_msg_num", {"To_Account": one, "Peer_Account": [other]}),
    ]
    for command, body in questions:
        assert await source.rest(command, body) == await target.rest(command, body), command
    unread = [[await _unread(end, user) for user in filler.users[:12]] for end in (source, target)]
    assert unread[0] == unread[1]
    assert any(unread[0])
    for group in groups:
        ask = {"GroupId": group, "MemberInfoFilter": ["Role", "JoinTime", "NameCard"]}
        answers = [await end.rest("group_open_http_svc/get_group_member_info", ask) for end in (source, target)]
        plain = [sorted((m["Member_Account"], m["Role"], m.get("NameCard")) for m in a["MemberList"]) for a in answers]
        assert plain[0] == plain[1]
    texts, read = [], []
    for end in (source, target):
        ask = {
            "Operator_Account": other,
            "Peer_Account": one,
            "MaxCnt": 100,
            "MinTime": 0,
            "MaxTime": filler.now + HOUR,
        }
        page = await end.rest("openim/admin_getroammsg", ask)
        texts.append([m["MsgBody"][0]["MsgContent"]["Text"] for m in page["MsgList"] if m["MsgFlagBits"] == 0])
        read.append([m["IsPeerRead"] for m in page["MsgList"] if m["MsgFlagBits"] == 0])
    assert (texts[0], read[0]) == (texts[1], read[1])
    assert sum(read[0]) == 1
    assert texts[0][-5:] == ["live 3", "live 7", "live 1", "live 8", "live 2"]
