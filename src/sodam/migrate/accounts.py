"""Accounts with their profiles, and their relations: friends, friend groups, blacklists, whom they follow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from sodam.migrate.model import Reader, Run, parts, refused_items
from sodam.migrate.remote import RemoteError
from sodam.migrate.store import DONE, Item

_ACCOUNTS: Final = 100
_FRIENDS: Final = 500
_FOLLOWED: Final = 20
_OWN: Final = ("Tag_Profile_IM_Nick", "Tag_Profile_IM_Image")
_OF_FRIEND: Final = {
    "Tag_SNS_IM_AddSource": "AddSource",
    "Tag_SNS_IM_Remark": "Remark",
    "Tag_SNS_IM_AddTime": "AddTime",
    "Tag_SNS_IM_AddWording": "AddWording",
    "Tag_SNS_IM_RemarkTime": "RemarkTime",
    "Tag_SNS_IM_Group": "GroupName",
}


async def each(run: Run, kind: str, work: Callable[[Item], Awaitable[None]], called: str = "") -> None:
    """Do what is open of a kind, some at a time; each is marked when it is done. ``called``: told how far it is so."""

    async def one(item: Item) -> None:
        await work(item)
        run.journal.put(kind, [item.id], DONE)

    while items := run.journal.open(kind, run.workers * 8):
        if called:
            run.say(f"{called}: {run.journal.count(kind, DONE)} of {run.journal.count(kind)}")
        for some in parts(items, run.workers):
            await asyncio.gather(*(one(item) for item in some))


async def accounts(run: Run) -> None:
    """Import the accounts that are known so far, a hundred at a time."""
    while items := run.journal.open("account", _ACCOUNTS):
        ids = [item.id for item in items]
        found = await run.read(
            "account", ids[0], "profile/portrait_get", {"To_Account": ids, "TagList": run.profile_tags}
        )
        profiles: dict[str, list[dict[str, Any]]] = {}
        for item in (found or {}).get("UserProfileItem", ()):
            if item.get("ResultCode"):
                run.journal.refuse("account", item["To_Account"], item["ResultCode"], "not an account of the source")
            else:
                profiles[item["To_Account"]] = item.get("ProfileItem") or []
        listed = [_listed(user_id, profile) for user_id, profile in profiles.items()]
        if listed:
            answer = await run.write(
                "account", ids[0], "im_open_login_svc/multiaccount_import", {"AccountList": listed}
            )
            for failed in (answer or {}).get("FailAccounts", ()):
                run.journal.refuse("account", failed, 70402, "the target does not take this UserID")
        await asyncio.gather(*(_profile(run, user_id, profile) for user_id, profile in profiles.items()))
        with run.journal.together():
            run.journal.tally("accounts", len(profiles))
            run.journal.add("relations", profiles)
            run.journal.put("account", ids, DONE)
        run.say(f"accounts: {run.journal.count('account', DONE)} of {run.journal.count('account')}")


def _listed(user_id: str, profile: list[dict[str, Any]]) -> dict[str, Any]:
    own = {item["Tag"]: item["Value"] for item in profile}
    listed = {"UserID": user_id, "Nick": own.get(_OWN[0]), "FaceUrl": own.get(_OWN[1])}
    return {name: value for name, value in listed.items() if value}


async def _profile(run: Run, user_id: str, profile: list[dict[str, Any]]) -> None:
    """The rest of a profile; when it is refused as a whole, each item by itself, so that one costs no other."""
    items = [item for item in profile if item["Tag"] not in _OWN and item["Value"] not in ("", 0)]
    if not items or run.dry:
        return
    try:
        await run.target.call("profile/portrait_set", {"From_Account": user_id, "ProfileItem": items})
    except RemoteError:
        for item in items:
            name = f"{user_id} {item['Tag']}"
            await run.write("profile", name, "profile/portrait_set", {"From_Account": user_id, "ProfileItem": [item]})


async def named(run: Run, user_ids: Iterable[str]) -> None:
    """Have these accounts be there before what names them is written: the list of accounts may not have all."""
    run.journal.add("account", user_ids)
    async with run.importing:
        await accounts(run)


async def relations(run: Run) -> None:
    await each(run, "relations", lambda item: _relations_of(run, item.id))


async def _relations_of(run: Run, user_id: str) -> None:
    await _friends(run, user_id)
    await _blacklist(run, user_id)
    await _followed(run, user_id)


async def read_friends(read: Reader, user_id: str) -> list[dict[str, Any]]:
    friends: list[dict[str, Any]] = []
    start = 0
    while True:
        ask = {"From_Account": user_id, "StartIndex": start, "StandardSequence": 0, "CustomSequence": 0}
        page = await read("friend", user_id, "sns/friend_get", ask)
        friends += [_friend(item) for item in (page or {}).get("UserDataItem") or ()]
        if page is None or page.get("CompleteFlag") or not page.get("NextStartIndex"):
            return friends
        start = page["NextStartIndex"]


async def read_friend_groups(read: Reader, user_id: str) -> list[str]:
    groups = await read("friend group", user_id, "sns/group_get", {"From_Account": user_id, "LastSequence": 0})
    return [item["GroupName"] for item in (groups or {}).get("ResultItem") or ()]


async def import_friends(run: Run, user_id: str, friends: Sequence[dict[str, Any]]) -> int:
    """How many the target did not take."""
    failed = 0
    for some in parts(friends, _FRIENDS):
        body = {"From_Account": user_id, "AddFriendItem": some}
        answer = await run.write("friend", user_id, "sns/friend_import", body)
        failed += len(some) if answer is None else refused_items(run.journal, "friend", user_id, answer)
    return failed


async def _friends(run: Run, user_id: str) -> None:
    friends = await read_friends(run.read, user_id)
    await named(run, [friend["To_Account"] for friend in friends])
    failed = await import_friends(run, user_id, friends)
    run.journal.tally("friendships", len(friends) - failed)
    used = {group for friend in friends for group in friend.get("GroupName", ())}
    empty = [name for name in await read_friend_groups(run.read, user_id) if name not in used]
    if empty:
        await run.write("friend group", user_id, "sns/group_add", {"From_Account": user_id, "GroupName": empty})


def _friend(item: dict[str, Any]) -> dict[str, Any]:
    friend: dict[str, Any] = {"To_Account": item["To_Account"], "AddSource": "AddSource_Type_Unknow"}
    custom = []
    for field in item.get("ValueItem") or ():
        if (name := _OF_FRIEND.get(field["Tag"])) is not None:
            if field["Value"]:
                friend[name] = field["Value"]
        elif field["Tag"].startswith("Tag_SNS_Custom_"):
            custom.append(field)
    if custom:
        friend["CustomItem"] = custom
    return friend


async def read_blacklist(read: Reader, user_id: str) -> list[str]:
    blocked: list[str] = []
    start = 0
    while True:
        ask = {"From_Account": user_id, "StartIndex": start, "MaxLimited": _FRIENDS, "LastSequence": 0}
        page = await read("blacklist", user_id, "sns/black_list_get", ask)
        blocked += [item["To_Account"] for item in (page or {}).get("BlackListItem") or ()]
        if not (start := (page or {}).get("StartIndex", 0)):
            return blocked


async def block(run: Run, user_id: str, blocked: Sequence[str]) -> None:
    for some in parts(blocked, _FRIENDS):
        body = {"From_Account": user_id, "To_Account": some}
        refused_items(
            run.journal, "blacklist", user_id, await run.write("blacklist", user_id, "sns/black_list_add", body)
        )


async def _blacklist(run: Run, user_id: str) -> None:
    blocked = await read_blacklist(run.read, user_id)
    await named(run, blocked)
    await block(run, user_id, blocked)
    run.journal.tally("blacklist entries", len(blocked))


async def read_followed(read: Reader, user_id: str) -> list[str]:
    """Whom a user follows, the newest first."""
    followed: list[str] = []
    cursor = ""
    while True:
        ask: dict[str, Any] = {"From_Account": user_id, "FollowType": 2, "WantNum": _FRIENDS}
        page = await read("follow", user_id, "follow/follow_get", ask | ({"StartCursor": cursor} if cursor else {}))
        followed += [item["To_Account"] for item in (page or {}).get("FollowItem") or ()]
        if not (cursor := (page or {}).get("NextCursor", "")):
            return followed


async def have_follow(run: Run, user_id: str, followed: Sequence[str]) -> None:
    """Have a user follow these, given the newest first."""
    for some in parts(followed[::-1], _FOLLOWED):
        body = {"From_Account": user_id, "FollowItem": [{"To_Account": one} for one in some]}
        refused_items(run.journal, "follow", user_id, await run.write("follow", user_id, "follow/follow_add", body))


async def _followed(run: Run, user_id: str) -> None:
    followed = await read_followed(run.read, user_id)
    await named(run, followed)
    await have_follow(run, user_id, followed)
    run.journal.tally("follows", len(followed))
