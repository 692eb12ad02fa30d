"""``openconfigsvr``: accounts that may not write for a while (rest-operations-push.md 1.1 and 1.2)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.accounts.model import FOREVER
from sodam.errors import ApiError, Code
from sodam.wire import Call, Service

service = Service(
    "openconfigsvr",
    bad_json=Code.CONFIG_BODY_NOT_JSON,
    bad_request=Code.CONFIG_BODY_NOT_JSON,
    internal=Code.CONFIG_INTERNAL,
)
Seconds = Annotated[int, msgspec.Meta(ge=0, le=FOREVER)]


class SetNoSpeaking(msgspec.Struct):
    """Seconds from now; 0 ends a mute, 4294967295 has no end. A time that is not given stays as it is."""

    Set_Account: str = ""
    C2CmsgNospeakingTime: Seconds | None = None
    GroupmsgNospeakingTime: Seconds | None = None


class GetNoSpeaking(msgspec.Struct):
    Get_Account: str = ""


class NoSpeaking(msgspec.Struct):
    """Seconds that are left: 0 not muted, 4294967295 without end."""

    C2CmsgNospeakingTime: int
    GroupmsgNospeakingTime: int


@service.command(
    "setnospeaking",
    errors=(Code.CONFIG_SET_ACCOUNT_MISSING, Code.CONFIG_MUTE_TIME_MISSING),
    fields={"Set_Account": Code.CONFIG_SET_ACCOUNT_INVALID},
)
async def setnospeaking(call: Call, request: SetNoSpeaking) -> None:
    """Keep an account from writing one-to-one messages, group messages, or both, for some time.

    Its clients get 20012 for a one-to-one message. Messages that an administrator sends in its name over REST go on.
    """
    if not request.Set_Account:
        raise ApiError(Code.CONFIG_SET_ACCOUNT_MISSING)
    if request.C2CmsgNospeakingTime is None and request.GroupmsgNospeakingTime is None:
        raise ApiError(Code.CONFIG_MUTE_TIME_MISSING)
    try:
        await call.services.accounts.mute(
            call.app, request.Set_Account, c2c=request.C2CmsgNospeakingTime, group=request.GroupmsgNospeakingTime
        )
    except ApiError as error:
        if error.code is Code.ACCOUNT_NOT_FOUND:
            raise ApiError(Code.CONFIG_SET_ACCOUNT_INVALID, "there is no such account") from None
        raise


@service.command(
    "getnospeaking",
    errors=(Code.CONFIG_GET_ACCOUNT_MISSING,),
    fields={"Get_Account": Code.CONFIG_GET_ACCOUNT_INVALID},
)
async def getnospeaking(call: Call, request: GetNoSpeaking) -> NoSpeaking:
    """The seconds for which an account may still not write."""
    if not request.Get_Account:
        raise ApiError(Code.CONFIG_GET_ACCOUNT_MISSING)
    account = await call.services.accounts.find(call.app.sdkappid, request.Get_Account)
    if account is None:
        raise ApiError(Code.CONFIG_GET_ACCOUNT_INVALID, "there is no such account")
    now = int(call.services.c2c.now)
    return NoSpeaking(_left(account.c2c_muted_until, now), _left(account.group_muted_until, now))


def _left(until: int, now: int) -> int:
    return FOREVER if until >= FOREVER else max(0, until - now)
