"""Groups: what they are, their topics, their histories, then their members, so that these find nothing unread."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from sodam import clock
from sodam.migrate import unread
from sodam.migrate.accounts import each, named
from sodam.migrate.messages import place, take_group
from sodam.migrate.model import Reader, Run, parts
from sodam.migrate.remote import RemoteError
from sodam.migrate.store import Item

TOPIC_FIELDS: Final = ("TopicName", "FaceUrl", "Notification", "Introduction", "CustomString")
_LISTED: Final = 1000
_MEMBERS: Final = 300
_COMMUNITY_PAGE: Final = 100
COPIED: Final = ("Name", "Introduction", "Notification", "FaceUrl", "ApplyJoinOption", "InviteJoinOption")
_TAKEN: Final = 10021
_WAITS: Final = (0.25, 0.5, 0.75, 1.0, 1.0)
"""Seconds between tries to have somebody be a member who joined at the source just now."""
_RECENT: Final = 60
"""Seconds by which clocks may differ."""
ROOM: Final = "AVChatRoom"
_BASE: Final = (
    *("Type", "Name", "Introduction", "Notification", "FaceUrl", "Owner_Account", "CreateTime", "MaxMemberNum"),
    *("ApplyJoinOption", "InviteJoinOption", "MuteAllMember", "SupportTopic", "NextMsgSeq"),
    "HistoryMsgBeforeJoin",
)


async def find(run: Run) -> None:
    """Every GroupID of the source."""
    following: Any = 0
    while True:
        ask = {"Limit": _LISTED, "Next": following}
        page = await run.source.call("group_open_http_svc/get_appid_group_list", ask)
        run.journal.add("group", [item["GroupId"] for item in page.get("GroupIdList") or ()])
        if not (following := page.get("Next", 0)):
            return


async def groups(run: Run) -> None:
    """Make the groups with their topics, then write their histories, then make their members."""
    await each(run, "group", lambda item: make(run, item))
    run.say(f"groups: {run.journal.count('group')}")
    await each(run, "history", lambda item: take_group(run, item), "histories")
    await each(run, "members", lambda item: members(run, item))
    run.say("members of groups: done")


async def make(run: Run, item: Item) -> None:
    info = await group_info(run, item.id)
    if info is None:
        return
    kind = info["Type"]
    made: dict[str, Any] = {"Type": kind, "GroupId": item.id} | {n: info[n] for n in COPIED if info.get(n)}
    if info.get("Owner_Account"):
        made["Owner_Account"] = info["Owner_Account"]
        await named(run, [info["Owner_Account"]])
    if info.get("AppDefinedData"):
        made["AppDefinedData"] = info["AppDefinedData"]
    if kind == ROOM:
        made.pop("InviteJoinOption", None)
        await _create(run, item.id, "group_open_http_svc/create_group", made)
    else:
        made |= {"CreateTime": info.get("CreateTime", 0)}
        if info.get("MaxMemberNum"):
            made["MaxMemberCount"] = info["MaxMemberNum"]
        if kind == "Community" and info.get("SupportTopic"):
            made["SupportTopic"] = 1
        if await _create(run, item.id, "group_open_http_svc/import_group", made):
            run.journal.add("history", [item.id])
            run.journal.add("members", [item.id], kind)
            if made.get("SupportTopic"):
                for topic in (await read_topics(run.read, item.id)).values():
                    await make_topic(run, item.id, topic)
    await _attributes(run, item.id)
    more = {"MuteAllMember": "On"} if info.get("MuteAllMember") == "On" else {}
    if info.get("HistoryMsgBeforeJoin") and kind not in (ROOM, "Community"):
        more["HistoryMsgBeforeJoin"] = info["HistoryMsgBeforeJoin"]
    if more:
        body = {"GroupId": item.id, **more}
        await run.write("group", item.id, "group_open_http_svc/modify_group_base_info", body)
    run.journal.tally("groups")


async def read_info(read: Reader, group_id: str) -> dict[str, Any] | None:
    """What a group is, or an ErrorCode; None when the server does not say."""
    ask = {"GroupIdList": [group_id], "ResponseFilter": {"GroupBaseInfoFilter": _BASE}}
    answer = await read("group", group_id, "group_open_http_svc/get_group_info", ask)
    return next(iter((answer or {}).get("GroupInfo") or ()), None)


async def group_info(run: Run, group_id: str) -> dict[str, Any] | None:
    found = await read_info(run.read, group_id)
    if found is None or found.get("ErrorCode"):
        run.journal.refuse("group", group_id, (found or {}).get("ErrorCode", 10010), "the source does not show it")
        return None
    return found


async def _create(run: Run, name: str, command: str, body: dict[str, Any]) -> bool:
    """False when the target refuses. One that is there is taken to be this one: an interrupted run made it."""
    if run.dry:
        return True
    try:
        await run.target.call(command, body)
    except RemoteError as error:
        if not error.code:
            raise
        if error.code != _TAKEN:
            run.journal.refuse("group", name, error.code, f"{command}: {error.info}")
            return False
    return True


async def read_topics(read: Reader, group_id: str) -> dict[str, dict[str, Any]]:
    answer = await read("topic", group_id, "million_group_open_http_svc/get_topic", {"GroupId": group_id})
    return {item["TopicInfo"]["TopicId"]: item["TopicInfo"] for item in (answer or {}).get("TopicAndSelfInfo") or ()}


async def make_topic(run: Run, group_id: str, info: dict[str, Any]) -> None:
    names = (*TOPIC_FIELDS, "CreateTime", "TopicId")
    body = {"GroupId": group_id, "Type": "Community"} | {name: info[name] for name in names if info.get(name)}
    if await _create(run, info["TopicId"], "group_open_http_svc/import_topic", body):
        run.journal.add("history", [place(group_id, info["TopicId"])])
        run.journal.tally("topics")


async def read_attributes(read: Reader, group_id: str) -> list[dict[str, Any]]:
    answer = await read("attributes", group_id, "group_open_attr_http_svc/get_group_attr", {"GroupId": group_id})
    return (answer or {}).get("GroupAttrAry") or []


async def _attributes(run: Run, group_id: str) -> None:
    if found := await read_attributes(run.read, group_id):
        body = {"GroupId": group_id, "GroupAttr": found}
        await run.write("attributes", group_id, "group_open_http_svc/set_group_attr", body)


async def members(run: Run, item: Item) -> None:
    found = await read_members(run.read, item.id, item.extra)
    await named(run, [member["Member_Account"] for member in found])
    info = await read_info(run.read, item.id) or {}
    others = [member for member in found if member.get("Role") != "Owner"]
    await import_members(run, item.id, others, int(info.get("CreateTime") or 0))
    for member in found:
        await of_member(run, item.id, member)
    await unread.of_group(run, item.id, item.extra, found, int(info.get("NextMsgSeq") or 1) - 1)
    run.journal.tally("members", len(found))


async def import_members(run: Run, group_id: str, members: Sequence[dict[str, Any]], created: int) -> None:
    """``created``: when the group was made, which its first members joined in the same second as."""
    for some in parts(members, _MEMBERS):
        asked = {member["Member_Account"]: _listed(member, created) for member in some}
        for wait in (*_WAITS, None):
            refused = await _import(run, group_id, list(asked.values()))
            # The target takes times that lie behind the group's making and are past by its clock: it may be too early
            # for one. Without a time somebody joins now, and would not see what was said before, nor have it unread.
            early = [one for one in refused if asked[one]["JoinTime"] > clock.now() - _RECENT]
            if not early or wait is None:
                break
            asked = {one: asked[one] for one in refused}
            await asyncio.sleep(wait)
        if early:
            refused = [one for one in refused if one not in early]
            refused += await _import(run, group_id, [asked[one] | {"JoinTime": 0} for one in early])
        for one in refused:
            text = "import_group_member: not an account, or joined before the group was made"
            run.journal.refuse("member", f"{group_id} {one}", 0, text)


async def _import(run: Run, group_id: str, listed: list[dict[str, Any]]) -> list[str]:
    """Whom of these the target did not take."""
    body = {"GroupId": group_id, "MemberList": listed}
    answer = await run.write("member", group_id, "group_open_http_svc/import_group_member", body)
    results = (answer or {}).get("MemberList") or ()
    return [result["Member_Account"] for result in results if not result["Result"]]


async def read_members(read: Reader, group_id: str, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    community = kind == "Community"
    ask: dict[str, Any] = {"GroupId": group_id, "Limit": _COMMUNITY_PAGE if community else _MEMBERS}
    while True:
        more = {"Next": ask.get("Next", "")} if community else {"Offset": len(found)}
        page = await read("member", group_id, "group_open_http_svc/get_group_member_info", ask | more)
        some = (page or {}).get("MemberList") or []
        found += some
        if community:
            ask["Next"] = (page or {}).get("Next", "")
        if not some or (community and not ask["Next"]):
            return found


def _listed(member: dict[str, Any], created: int) -> dict[str, Any]:
    listed = {"Member_Account": member["Member_Account"]}
    if member.get("Role") == "Admin":
        listed["Role"] = "Admin"
    return listed | {"JoinTime": max(int(member.get("JoinTime") or 0), created + 1)}


async def of_member(run: Run, group_id: str, member: dict[str, Any]) -> None:
    """What import_group_member does not take: card, message option, mute, custom fields."""
    body: dict[str, Any] = {}
    if member.get("NameCard"):
        body["NameCard"] = member["NameCard"]
    if member.get("MsgFlag", "AcceptAndNotify") != "AcceptAndNotify":
        body["MsgFlag"] = member["MsgFlag"]
    left = int(member.get("MuteUntil") or member.get("ShutUpUntil") or 0) - int(clock.now())
    if left > 0:
        body["MuteTime"] = left
    if member.get("AppMemberDefinedData"):
        body["AppMemberDefinedData"] = member["AppMemberDefinedData"]
    if body:
        body |= {"GroupId": group_id, "Member_Account": member["Member_Account"]}
        name = f"{group_id} {member['Member_Account']}"
        await run.write("member", name, "group_open_http_svc/modify_group_member_info", body)
