"""Two hundred join at the limit of members, on two nodes at a time: it holds, and counts are those of the rows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import httpx

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, say
from tests.gateway.raw_client import Refused
from tests.support.server import ServerFactory

JOINING, PLACES = 200, 120
_AT_ONCE = 50


async def test_two_hundred_join_at_the_limit(
    server_factory: ServerFactory, sign_in: SignIn, user_id: Callable[[str], str]
) -> None:
    """Most are brought in by the app, some apply: no more than there are places get in, on either node."""
    nodes = server_factory("postgres", nodes=2, nats=True).nodes
    users = [user_id(f"u{n}") for n in range(JOINING)]
    for start in range(0, JOINING, 100):
        await nodes[0].rest("im_open_login_svc/multiaccount_import", {"Accounts": users[start : start + 100]})
    owner, other = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    options = {"MaxMemberCount": PLACES + 2, "ApplyJoinOption": "FreeAccess"}
    group = await make(nodes[0], owner.user_id, other.user_id, **options)
    applicants = [await sign_in(nodes[n % 2], users[n], sync=False) for n in range(0, JOINING, 8)]
    codes: Counter[int] = Counter()

    async def bring(number: int, client: httpx.AsyncClient) -> None:
        person = [{"Member_Account": users[number]}]
        body = {"GroupId": group, "MemberList": person}
        answer = await nodes[number // 2 % 2].rest("group_open_http_svc/add_group_member", body, client=client)
        codes[answer["ErrorCode"]] += 1

    async def apply(number: int) -> None:
        client = applicants[number // 8]
        try:
            await client.call("group_open_http_svc.apply_join_group", {"GroupId": group}, timeout=60)
            codes[0] += 1
        except Refused as refused:
            codes[refused.code] += 1

    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=60) as http:
        await asyncio.gather(*(apply(n) if n % 8 == 0 else bring(n, http) for n in range(JOINING)))
    assert codes == {0: PLACES, 10014: JOINING - PLACES}
    for node in nodes:
        found, offset = set[str](), 0
        while page := (await rest(node, "get_group_member_info", GroupId=group, Limit=100, Offset=offset))[
            "MemberList"
        ]:
            found |= {one["Member_Account"] for one in page}
            offset += len(page)
        info = (await rest(node, "get_group_info", GroupIdList=[group]))["GroupInfo"][0]
        assert info["MemberNum"] == offset == len(found) == PLACES + 2
    last = await say(owner, group, "full")
    await other.wait(lambda: heard(other)[-1:] == [(last, "full")])
    assert last == PLACES + 1, "every joining has one tip, and nothing else took a sequence"
