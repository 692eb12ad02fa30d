"""What a support desk wants to know of an account at a glance: is it online, where, and how many ties it has."""

from __future__ import annotations

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.accounts import OfAccount
from sodam.errors import ApiError, Code


class DeviceView(msgspec.Struct):
    Platform: str
    LoginTime: int
    """Unix seconds."""


class AccountState(msgspec.Struct):
    Online: bool
    Devices: list[DeviceView]
    """Those that are connected now."""
    Friends: int
    FriendGroups: int
    FriendRequests: int
    """That wait for this user's answer."""
    Blacklist: int
    Following: int
    Followers: int
    Groups: int
    """That the account is a member of."""


@action("im", "DescribeAccountState", kind="read", level="app")
async def describe_account_state(call: Call, request: OfAccount) -> AccountState:
    """Whether an account is online, on which devices, and how many friends, requests and groups it has."""
    services, app, user_id = call.plane.services, request.SDKAppID, request.UserID
    if await services.accounts.find(app, user_id) is None:
        raise ApiError(Code.ACCOUNT_NOT_FOUND)
    devices = (await services.presence.status(app, [user_id])).get(user_id, [])
    owner = await services.relations.owner(app, user_id)
    (counts,) = await services.relations.follows.counts(app, user_id, [user_id])
    return AccountState(
        Online=bool(devices),
        Devices=[DeviceView(device.platform_name, device.login // 1000) for device in devices],
        Friends=owner.friends,
        FriendGroups=len(owner.groups),
        FriendRequests=owner.pending,
        Blacklist=owner.blocked,
        Following=counts.following if counts else 0,
        Followers=counts.followers if counts else 0,
        Groups=await services.groups.listing.joined(app, user_id),
    )
