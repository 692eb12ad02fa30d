"""Groups: what they are, their topics, their histories, then their members, so that these find nothing unread."""

from __future__ import annotations

from typing import Any, Final

from sodam import clock
from sodam.migrate.accounts import each, named
from sodam.migrate.messages import place, take_group
from sodam.migrate.model import Run, parts
from sodam.migrate.remote import RemoteError
from sodam.migrate.store import Item

_LISTED: Final = 1000
_MEMBERS: Final = 300
_COMMUNITY_PAGE: Final = 100
_COPIED: Final = ("Name", "Introduction", "Notification", "FaceUrl", "ApplyJoinOption", "InviteJoinOption")
_TAKEN: Final = 10021
_ROOM: Final = "AVChatRoom"
_BASE: Final = (
    *("Type", "Name", "Introduction", "Notification", "FaceUrl", "Owner_Account", "CreateTime", "MaxMemberNum"),
    *("ApplyJoinOption", "InviteJoinOption", "MuteAllMember", "SupportTopic"),
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
    await each(run, "group", lambda item: _make(run, item))
    run.say(f"groups: {run.journal.count('group')}")
    await each(run, "history", lambda item: take_group(run, item))
    await each(run, "members", lambda item: _members(run, item))
    run.say("members of groups: done")


async def _make(run: Run, item: Item) -> None:
    info = await group_info(run, item.id)
    if info is None:
        return
    kind = info["Type"]
    made: dict[str, Any] = {"Type": kind, "GroupId": item.id} | {n: info[n] for n in _COPIED if info.get(n)}
    if info.get("Owner_Account"):
        made["Owner_Account"] = info["Owner_Account"]
        await named(run, [info["Owner_Account"]])
    if info.get("AppDefinedData"):
        made["AppDefinedData"] = info["AppDefinedData"]
    if kind == _ROOM:
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
                await _topics(run, item.id)
    await _attributes(run, item.id)
    if info.get("MuteAllMember") == "On":
        body = {"GroupId": item.id, "MuteAllMember": "On"}
        await run.write("group", item.id, "group_open_http_svc/modify_group_base_info", body)
    run.journal.tally("groups")


async def group_info(run: Run, group_id: str) -> dict[str, Any] | None:
    ask = {"GroupIdList": [group_id], "ResponseFilter": {"GroupBaseInfoFilter": _BASE}}
    answer = await run.read("group", group_id, "group_open_http_svc/get_group_info", ask)
    found: dict[str, Any] | None = next(iter((answer or {}).get("GroupInfo") or ()), None)
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


async def _topics(run: Run, group_id: str) -> None:
    ask = {"GroupId": group_id}
    answer = await run.read("topic", group_id, "million_group_open_http_svc/get_topic", ask)
    for item in (answer or {}).get("TopicAndSelfInfo") or ():
        info = item["TopicInfo"]
        names = ("TopicName", "FaceUrl", "Notification", "Introduction", "CustomString", "CreateTime", "TopicId")
        body = {"GroupId": group_id, "Type": "Community"} | {name: info[name] for name in names if info.get(name)}
        if await _create(run, info["TopicId"], "group_open_http_svc/import_topic", body):
            run.journal.add("history", [place(group_id, info["TopicId"])])
            run.journal.tally("topics")


async def _attributes(run: Run, group_id: str) -> None:
    answer = await run.read("attributes", group_id, "group_open_attr_http_svc/get_group_attr", {"GroupId": group_id})
    found = (answer or {}).get("GroupAttrAry") or []
    if found:
        body = {"GroupId": group_id, "GroupAttr": found}
        await run.write("attributes", group_id, "group_open_http_svc/set_group_attr", body)


async def _members(run: Run, item: Item) -> None:
    members = await read_members(run, item.id, item.extra)
    await named(run, [member["Member_Account"] for member in members])
    for some in parts(members, _MEMBERS):
        listed = [_listed(member) for member in some if member.get("Role") != "Owner"]
        body = {"GroupId": item.id, "MemberList": listed}
        if not listed:
            continue
        answer = await run.write("member", item.id, "group_open_http_svc/import_group_member", body)
        for result in (answer or {}).get("MemberList") or ():
            if not result["Result"]:
                text = "import_group_member: not an account, or joined before the group was made"
                run.journal.refuse("member", f"{item.id} {result['Member_Account']}", 0, text)
    for member in members:
        await _of_member(run, item.id, member)
    run.journal.tally("members", len(members))


async def read_members(run: Run, group_id: str, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    community = kind == "Community"
    ask: dict[str, Any] = {"GroupId": group_id, "Limit": _COMMUNITY_PAGE if community else _MEMBERS}
    while True:
        more = {"Next": ask.get("Next", "")} if community else {"Offset": len(found)}
        page = await run.read("member", group_id, "group_open_http_svc/get_group_member_info", ask | more)
        some = (page or {}).get("MemberList") or []
        found += some
        if community:
            ask["Next"] = (page or {}).get("Next", "")
        if not some or (community and not ask["Next"]):
            return found


def _listed(member: dict[str, Any]) -> dict[str, Any]:
    listed = {"Member_Account": member["Member_Account"]}
    if member.get("Role") == "Admin":
        listed["Role"] = "Admin"
    if member.get("JoinTime"):
        listed["JoinTime"] = member["JoinTime"]
    return listed


async def _of_member(run: Run, group_id: str, member: dict[str, Any]) -> None:
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
