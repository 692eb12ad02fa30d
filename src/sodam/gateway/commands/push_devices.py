"""Client ``im_open_status``: the device's push token, and whether its app is in the background.

The web SDK sends these with the vendor's push plug-in in app frameworks; its field names are kept.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.im_open_status import service
from sodam.push.devices import BadToken, NoCertificate
from sodam.push.model import Device
from sodam.wire import Call

__all__ = ["service"]
_MAX_UNREAD = 1 << 31
Unread = Annotated[int, msgspec.Meta(ge=0)]
Short = Annotated[str, msgspec.Meta(max_length=200)]


class Token(msgspec.Struct):
    """Android's token stands in TokenID, that of Apple's devices in VarToken, a browser's subscription in either."""

    BusiID: int = 0
    TokenID: str = ""
    VarToken: str = ""
    PushMsg: int = 1
    InstType: int = 0
    NotificationStatus: int = 0
    DeviceModel: Short = ""
    SystemVersion: Short = ""
    Language: Short = ""


class TokenAnswer(msgspec.Struct):
    RegistrationID: str


class Background(msgspec.Struct):
    C2cUnread: Unread = 0
    GrpUnread: Unread = 0


class Foreground(msgspec.Struct):
    pass


@service.command("ws_stat_settoken", errors=(Code.TOKEN_NO_CERTIFICATE,))
async def ws_stat_settoken(call: Call, request: Token) -> TokenAnswer:
    """Report the device's push token, with BusiID, the number of the app's certificate for it.

    The token is this user's from now on, whoever reported it before, until sign-out. An empty one ends it.
    NotificationStatus 1: the user forbade notifications on the device. RegistrationID names the device in REST calls.
    """
    devices, app = call.services.push.devices, call.app.sdkappid
    token = request.VarToken or request.TokenID
    if not token:
        await devices.end(app, call.caller, call.instid, request.BusiID)
        return TokenAnswer("")
    device = Device(
        app=app,
        certificate=request.BusiID,
        token=token,
        registration="",
        user_id=call.caller,
        instid=call.instid,
        brand=request.InstType,
        model=request.DeviceModel.replace("\0", ""),
        system=request.SystemVersion.replace("\0", ""),
        language=request.Language.replace("\0", ""),
        muted=int(request.NotificationStatus == 1),
    )
    try:
        return TokenAnswer(await devices.report(device))
    except NoCertificate:
        raise ApiError(Code.TOKEN_NO_CERTIFICATE, f"the app has no certificate {request.BusiID}") from None
    except BadToken as error:
        raise ApiError(Code.BODY_NOT_JSON, str(error)) from None


@service.command("ws_stat_background")
async def ws_stat_background(call: Call, request: Background) -> None:
    """Say that the app went to the background, with what is unread: from now on the device gets pushes."""
    unread = min(request.C2cUnread + request.GrpUnread, _MAX_UNREAD)
    await call.services.push.devices.state(call.app.sdkappid, call.caller, call.instid, background=True, unread=unread)


@service.command("ws_stat_foreground")
async def ws_stat_foreground(call: Call, request: Foreground) -> None:
    """Say that the app is in the foreground again: while it is connected, the device gets no pushes."""
    await call.services.push.devices.state(call.app.sdkappid, call.caller, call.instid, background=False, unread=0)
