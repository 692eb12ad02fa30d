"""A group that was made a moment ago: its members have unread at the target what they have unread at the source."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from sodam import clock
from sodam.migrate.remote import Endpoint
from sodam.migrate.service import migrate, opened
from tests.support.server import KEY, SDKAPPID, ServerFactory, ServerProcess

GROUP = "group_open_http_svc"
MEMBERS = ("bob", "cat")


async def unread(server: ServerProcess, client: httpx.AsyncClient, user: str) -> dict[str, int]:
    body = {"Member_Account": user, "ResponseFilter": {"SelfInfoFilter": ["UnreadMsgNum"]}}
    found = (await server.rest(f"{GROUP}/get_joined_group_list", body, client=client))["GroupIdList"]
    return {item["GroupId"]: item["SelfInfo"]["UnreadMsgNum"] for item in found}


@pytest.mark.parametrize("behind", [0, 5])
async def test_first_members_have_unread_what_was_said(
    server_factory: ServerFactory, tmp_path: Path, behind: int
) -> None:
    """In the second in which the group was made, and where the clock of the machine that migrates is behind."""
    source, target = server_factory(), server_factory()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:

        async def ask(command: str, **body: object) -> None:
            answer = await source.rest(command, body, client=client)
            assert answer["ErrorCode"] == 0, (command, answer)

        await ask("im_open_login_svc/multiaccount_import", Accounts=["ann", *MEMBERS])
        listed = [{"Member_Account": member} for member in MEMBERS]
        group = {"Type": "Public", "Name": "new", "GroupId": "new", "Owner_Account": "ann"}
        await ask(f"{GROUP}/create_group", **group, MemberList=listed)
        for number in range(3):
            said = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{number}"}}]
            await ask(f"{GROUP}/send_group_msg", GroupId="new", From_Account="ann", Random=number, MsgBody=said)
        ends = [Endpoint(server.url, SDKAPPID, KEY) for server in (source, target)]
        clock.set_ahead(-behind)
        try:
            async with opened(*ends, tmp_path / "work.db", dry=False, profile_tags=(), say=print) as run:
                await migrate(run, ("ann", *MEMBERS))
                assert run.journal.refusals() == []
        finally:
            clock.set_ahead(0)
        for user in MEMBERS:
            there, here = await unread(source, client, user), await unread(target, client, user)
            assert there == here, user
            assert here["new"] >= 3
