"""Accounts and relations that may have changed: read on both sides, made at the target as they are at the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sodam.migrate import unread
from sodam.migrate.accounts import (
    block,
    have_follow,
    import_friends,
    named,
    read_blacklist,
    read_followed,
    read_friend_groups,
    read_friends,
)
from sodam.migrate.model import Reader, Run, parts

_CALL: Final = 100
_FOLLOWED: Final = 20
_GONE: Final = "NotImported"
_KINDS: Final = ("profile", "friend", "friend group", "blacklist", "follow", "relations")
"""Of refusals that name an account which the source had."""


async def known(run: Run, ids: Sequence[str]) -> list[str]:
    """Those of these that the source has, each of which the target has then, too."""
    gone = {item.id for item in run.journal.some("gone", ids)}
    fresh = [user_id for user_id in ids if user_id not in gone]
    await named(run, fresh)
    return fresh


async def accounts(run: Run, ids: Sequence[str]) -> None:
    """At most 100. Who is deleted at the source is deleted at the target, if it came from there."""
    asked = {"CheckItem": [{"UserID": user_id} for user_id in ids]}
    answer = await run.read("account", ids[0], "im_open_login_svc/account_check", asked)
    status = {item["UserID"]: item.get("AccountStatus") for item in (answer or {}).get("ResultItem") or ()}
    gone = [user_id for user_id in ids if status.get(user_id) == _GONE]
    if gone:
        body = {"DeleteItem": [{"UserID": user_id} for user_id in gone]}
        await run.write("account", gone[0], "im_open_login_svc/account_delete", body)
        for kind in ("account", "relations", "talker"):
            run.journal.drop(kind, gone)
        run.journal.gone(_KINDS, gone)
        run.journal.add("gone", gone)
        run.journal.tally("accounts deleted since", len(gone))
    there = [user_id for user_id in ids if user_id not in gone]
    run.journal.drop("gone", there)
    await named(run, there)
    if not there:
        return
    at_source, at_target = await _portraits(run, run.read, there), await _portraits(run, run.look, there)
    for user_id in there:
        now, before = at_source.get(user_id), at_target.get(user_id, {})
        if now is None:
            continue
        changed = [{"Tag": tag, "Value": value} for tag, value in now.items() if before.get(tag) != value]
        emptied = [
            {"Tag": tag, "Value": "" if isinstance(value, str) else 0}
            for tag, value in before.items()
            if tag not in now and value
        ]
        if changed or emptied:
            written = {"From_Account": user_id, "ProfileItem": changed + emptied}
            await run.write("profile", user_id, "profile/portrait_set", written)


async def _portraits(run: Run, read: Reader, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    ask = {"To_Account": list(ids), "TagList": list(run.profile_tags)}
    answer = await read("account", ids[0], "profile/portrait_get", ask)
    return {
        item["To_Account"]: {field["Tag"]: field["Value"] for field in item.get("ProfileItem") or ()}
        for item in (answer or {}).get("UserProfileItem") or ()
        if not item.get("ResultCode")
    }


async def relations(run: Run, user_id: str) -> None:
    if not await known(run, [user_id]):
        return
    await _friends(run, user_id)
    await _friend_groups(run, user_id)
    now, before = await read_blacklist(run.read, user_id), await read_blacklist(run.look, user_id)
    await named(run, now)
    for some in parts([one for one in before if one not in now], _CALL):
        body = {"From_Account": user_id, "To_Account": some}
        await run.write("blacklist", user_id, "sns/black_list_delete", body)
    await block(run, user_id, [one for one in now if one not in before])
    now, before = await read_followed(run.read, user_id), await read_followed(run.look, user_id)
    await named(run, now)
    for some in parts([one for one in before if one not in now], _FOLLOWED):
        await run.write("follow", user_id, "follow/follow_delete", {"From_Account": user_id, "To_Account": some})
    await have_follow(run, user_id, [one for one in now if one not in before])


def _shown(friend: dict[str, Any]) -> dict[str, Any]:
    """What a user may have changed of a friend, by tag."""
    shown: dict[str, Any] = {item["Tag"]: item["Value"] for item in friend.get("CustomItem", ()) if item["Value"]}
    shown["Tag_SNS_IM_Remark"] = friend.get("Remark", "")
    shown["Tag_SNS_IM_Group"] = sorted(friend.get("GroupName", ()))
    return shown


async def _friends(run: Run, user_id: str) -> None:
    now = {friend["To_Account"]: friend for friend in await read_friends(run.read, user_id)}
    before = {friend["To_Account"]: friend for friend in await read_friends(run.look, user_id)}
    await named(run, now)
    for some in parts([one for one in before if one not in now], _CALL):
        body = {"From_Account": user_id, "To_Account": some, "DeleteType": "Delete_Type_Single"}
        await run.write("friend", user_id, "sns/friend_delete", body)
    await import_friends(run, user_id, [friend for one, friend in now.items() if one not in before])
    for one in now.keys() & before.keys():
        here, there = _shown(now[one]), _shown(before[one])
        changed = [{"Tag": tag, "Value": value} for tag, value in here.items() if there.get(tag) != value]
        changed += [{"Tag": tag, "Value": ""} for tag in there if tag not in here]
        if changed:
            body = {"From_Account": user_id, "UpdateItem": [{"To_Account": one, "SnsItem": changed}]}
            await run.write("friend", f"{user_id} {one}", "sns/friend_update", body)


async def _friend_groups(run: Run, user_id: str) -> None:
    now, before = await read_friend_groups(run.read, user_id), await read_friend_groups(run.look, user_id)
    if new := [name for name in now if name not in before]:
        await run.write("friend group", user_id, "sns/group_add", {"From_Account": user_id, "GroupName": new})
    if old := [name for name in before if name not in now]:
        await run.write("friend group", user_id, "sns/group_delete", {"From_Account": user_id, "GroupName": old})


async def read(run: Run, reader: str, peer: str, second: int) -> None:
    """What ``peer`` has written up to a second was read; 0: up to where, the source's number says."""
    if len(await known(run, [reader, peer])) < len({reader, peer}):
        return
    if second:
        await unread.mark(run, reader, peer, second)
    else:
        await unread.compare(run, reader, peer)
