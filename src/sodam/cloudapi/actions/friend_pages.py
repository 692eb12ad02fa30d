"""A user's friends as operators look for them: by a part of UserID, nickname or remark, in pages with a number."""

from __future__ import annotations

import msgspec

from sodam.accounts.model import Account
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Keyword, Limit, OfApp, Offset, UserId
from sodam.relations.fields import Value
from sodam.relations.model import Friend
from sodam.search.grams import terms
from sodam.search.index import name_text
from sodam.search.people import holds


class DescribeFriendPage(OfApp):
    UserID: UserId
    """Whose friends."""
    Keyword: Keyword = ""
    Offset: Offset = 0
    Limit: Limit = 20


class FriendField(msgspec.Struct):
    Tag: str
    Value: Value


class FriendRow(msgspec.Struct):
    To_Account: str
    Nick: str
    FaceUrl: str
    Both: bool
    """The friend has the user as a friend, too."""
    ValueItem: list[FriendField]
    """Remark, lists, time and custom fields, as in DescribeFriendList."""


class FriendPage(msgspec.Struct):
    TotalCount: int
    """Of those that hold the keyword."""
    FriendNum: int
    """Of all."""
    Friends: list[FriendRow]


@action("im", "DescribeFriendPage", kind="list", level="app")
async def describe_friend_page(call: Call, request: DescribeFriendPage) -> FriendPage:
    """A page of a user's friends in the order of becoming one, those with the keyword in UserID, nickname or remark."""
    services = call.plane.services
    app = request.SDKAppID
    everyone = await services.relations.friends.everyone(app, request.UserID)
    found = everyone
    if asked := terms([request.Keyword]):
        accounts = await services.accounts.find_many(app, [one.peer for one in everyone])
        found = [one for one in everyone if holds(_names(one, accounts.get(one.peer)), asked, any_of=False)]
    peers = [one.peer for one in found[request.Offset : request.Offset + request.Limit]]
    known = await services.accounts.find_many(app, peers)
    relations = await services.relations.checks.friends(app, request.UserID, peers, both=True)
    both = {peer for peer, relation in zip(peers, relations, strict=True) if relation == "BothWay"}
    # Of the same moment as the page: who was removed meanwhile is left out.
    chosen = await services.relations.friends.chosen(call.the_app, request.UserID, peers, None, "admin")
    rows = [
        FriendRow(
            peer,
            account.nick if (account := known.get(peer)) else "",
            account.image if account else "",
            peer in both,
            [FriendField(tag, value) for tag, value in fields if not tag.startswith("Tag_Profile_")],
        )
        for peer, fields, _ in chosen
        if fields is not None
    ]
    return FriendPage(len(found), len(everyone), rows)


def _names(friend: Friend, account: Account | None) -> str:
    return name_text(friend.peer, account.nick if account else "", friend.remark)
