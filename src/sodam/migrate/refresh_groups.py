"""A group that may have changed: what it is, its members, attributes and topics become at the target what they are at
the source. What was written there comes first: a change may leave a tip, and nothing is imported before one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sodam import clock
from sodam.migrate import unread
from sodam.migrate.accounts import named
from sodam.migrate.groups import (
    COPIED,
    ROOM,
    TOPIC_FIELDS,
    import_members,
    make,
    make_topic,
    members,
    read_attributes,
    read_info,
    read_members,
    read_topics,
)
from sodam.migrate.hints import UNREAD
from sodam.migrate.messages import PAIR, of_place, place, take_group
from sodam.migrate.model import Run, parts
from sodam.migrate.refresh_messages import NEWEST, history
from sodam.migrate.store import DONE, Hint

_REMOVED: Final = 100
_NOWHERE: Final = (10010, 10015)
_KINDS: Final = ("group", "topic", "attributes", "member", "history", "message")
"""Of refusals that name a group or a topic."""
_SERVICE: Final = "group_open_http_svc"
_TOPICS: Final = "million_group_open_http_svc"


async def group(run: Run, group_id: str) -> None:
    info = await read_info(run.read, group_id)
    if info is None:
        return
    if info.get("ErrorCode"):
        if info["ErrorCode"] in _NOWHERE:
            await _destroyed(run, group_id)
        return
    there = await read_info(run.look, group_id)
    if there is None or there.get("ErrorCode"):
        await _new(run, group_id)
        return
    run.journal.add("group", [group_id])
    run.journal.put("group", [group_id], DONE)
    if info["Type"] != ROOM:
        run.journal.add("history", [group_id])
        run.journal.add("members", [group_id], info["Type"])
        await history(run, group_id, NEWEST)
        await _members(run, group_id, info, there)
        run.journal.hint([Hint(UNREAD, group_id, 0)])
    await _info(run, group_id, info, there)
    await _attributes(run, group_id)
    if info.get("SupportTopic"):
        await _topics(run, group_id)


async def _new(run: Run, group_id: str) -> None:
    journal = run.journal
    journal.add("group", [group_id])
    for item in journal.some("group", [group_id]):
        await make(run, item)
    journal.put("group", [group_id], DONE)
    for item in journal.some("history", [group_id]):
        await take_group(run, item)
        journal.put("history", [item.id], DONE)
    for item in journal.some("members", [group_id]):
        await members(run, item)
        journal.put("members", [item.id], DONE)
    await _take_topics(run, group_id)


async def _destroyed(run: Run, group_id: str) -> None:
    known = run.journal.some("group", [group_id])
    there = await read_info(run.look, group_id) if known else None
    if there is not None and not there.get("ErrorCode"):
        await run.write("group", group_id, f"{_SERVICE}/destroy_group", {"GroupId": group_id})
        run.journal.tally("groups dismissed since")
    places = run.journal.beginning("history", place(group_id, " ")[:-1])
    run.journal.gone(_KINDS, [group_id, *_shown(places)])
    for kind in ("group", "members", "history"):
        run.journal.drop(kind, [group_id])
    run.journal.drop("history", places)


def _shown(places: Iterable[str]) -> Iterator[str]:
    """What the report calls topics: by ID, or as part of a community."""
    for name in places:
        yield from (of_place(name).get("TopicId", name), name, name.replace(PAIR, " "))


async def _members(run: Run, group_id: str, info: Mapping[str, Any], there: Mapping[str, Any]) -> None:
    now = {one["Member_Account"]: one for one in await read_members(run.read, group_id, info["Type"])}
    before = {one["Member_Account"]: one for one in await read_members(run.look, group_id, info["Type"])}
    await named(run, now)
    new = [member for one, member in now.items() if one not in before]
    await import_members(run, group_id, new, int(info.get("CreateTime") or 0))
    owner = info.get("Owner_Account") or ""
    if owner and owner != there.get("Owner_Account"):
        body = {"GroupId": group_id, "NewOwner_Account": owner}
        await run.write("group", group_id, f"{_SERVICE}/change_group_owner", body)
        if there.get("Owner_Account") in before:
            before[there["Owner_Account"]]["Role"] = "Member"
    for one, member in now.items():
        changed = _changed(member, before.get(one, {"Role": member.get("Role"), "MsgFlag": "AcceptAndNotify"}))
        if "Owner" in (member.get("Role"), before.get(one, {}).get("Role")):
            changed.pop("Role", None)  # change_group_owner has done that, or will
        if changed:
            body = {"GroupId": group_id, "Member_Account": one, **changed}
            await run.write("member", f"{group_id} {one}", f"{_SERVICE}/modify_group_member_info", body)
    for some in parts([one for one in before if one not in now], _REMOVED):
        body = {"GroupId": group_id, "MemberToDel_Account": some, "Silence": 1}
        await run.write("member", group_id, f"{_SERVICE}/delete_group_member", body)


def _changed(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What modify_group_member_info is to write."""
    empty = {"Role": "Member", "NameCard": "", "MsgFlag": "AcceptAndNotify"}
    changed = {name: now.get(name) or "" for name in empty if (now.get(name) or "") != (before.get(name) or "")}
    if (muted := _muted(now)) != _muted(before):
        changed["MuteTime"] = max(0, muted - int(clock.now()))
    if custom := [one for one in now.get("AppMemberDefinedData") or () if one not in _custom(before)]:
        changed["AppMemberDefinedData"] = custom
    return changed


def _muted(member: Mapping[str, Any]) -> int:
    until = int(member.get("MuteUntil") or member.get("ShutUpUntil") or 0)
    return until if until > clock.now() else 0


def _custom(what: Mapping[str, Any]) -> list[Any]:
    return list(what.get("AppMemberDefinedData") or what.get("AppDefinedData") or ())


async def _info(run: Run, group_id: str, info: Mapping[str, Any], there: Mapping[str, Any]) -> None:
    names = (*COPIED, "MuteAllMember") if info["Type"] != ROOM else COPIED[:-1]
    changed: dict[str, Any] = {name: info.get(name, "") for name in names if info.get(name) != there.get(name)}
    if info.get("HistoryMsgBeforeJoin", there.get("HistoryMsgBeforeJoin")) != there.get("HistoryMsgBeforeJoin"):
        changed["HistoryMsgBeforeJoin"] = info["HistoryMsgBeforeJoin"]
    if info["Type"] != ROOM and info.get("MaxMemberNum") and info["MaxMemberNum"] != there.get("MaxMemberNum"):
        changed["MaxMemberNum"] = info["MaxMemberNum"]
    if custom := [one for one in _custom(info) if one not in _custom(there)]:
        changed["AppDefinedData"] = custom
    if changed:
        body = {"GroupId": group_id, **changed}
        await run.write("group", group_id, f"{_SERVICE}/modify_group_base_info", body)


async def _attributes(run: Run, group_id: str) -> None:
    now, before = await read_attributes(run.read, group_id), await read_attributes(run.look, group_id)
    if sorted(now, key=str) == sorted(before, key=str):
        return
    if now:
        body = {"GroupId": group_id, "GroupAttr": now}
        await run.write("attributes", group_id, f"{_SERVICE}/set_group_attr", body)
    else:
        await run.write("attributes", group_id, f"{_SERVICE}/clear_group_attr", {"GroupId": group_id})


async def _topics(run: Run, group_id: str) -> None:
    now, before = await read_topics(run.read, group_id), await read_topics(run.look, group_id)
    for topic_id, info in now.items():
        if topic_id not in before:
            await make_topic(run, group_id, info)
            continue
        there = before[topic_id]
        names = (*TOPIC_FIELDS, "MuteAllMember")
        changed = {name: info.get(name, "") for name in names if info.get(name) != there.get(name)}
        if changed:
            body = {"GroupId": group_id, "TopicId": topic_id, **changed}
            await run.write("topic", topic_id, f"{_TOPICS}/modify_topic", body)
    if gone := [topic_id for topic_id in before if topic_id not in now]:
        body = {"GroupId": group_id, "TopicIdList": gone}
        await run.write("topic", group_id, f"{_TOPICS}/destroy_topic", body)
        places = [place(group_id, topic_id) for topic_id in gone]
        run.journal.gone(_KINDS, _shown(places))
        run.journal.drop("history", places)
    await _take_topics(run, group_id)


async def _take_topics(run: Run, group_id: str) -> None:
    """The histories of topics that were made just now."""
    names = run.journal.beginning("history", place(group_id, " ")[:-1])
    for item in run.journal.some("history", names):
        if item.state != DONE:
            await take_group(run, item)
            run.journal.put("history", [item.id], DONE)


async def unread_of(run: Run, group_id: str) -> None:
    """Have each member have as many unread messages as at the source."""
    info, there = await read_info(run.read, group_id), await read_info(run.look, group_id)
    if info is None or there is None or info.get("ErrorCode") or there.get("ErrorCode") or info["Type"] == ROOM:
        return
    newest = int(info.get("NextMsgSeq") or 1) - 1
    now = await read_members(run.read, group_id, info["Type"])
    read = {one["Member_Account"] for one in now if int(one.get("MsgSeq", newest)) >= newest}
    ends = int(there.get("NextMsgSeq") or 1) - 1
    for one in await read_members(run.look, group_id, info["Type"]):
        if one["Member_Account"] in read and int(one.get("MsgSeq", ends)) < ends:
            await unread.put(run, group_id, one["Member_Account"], 0)
    await unread.of_group(run, group_id, info["Type"], now, newest)
