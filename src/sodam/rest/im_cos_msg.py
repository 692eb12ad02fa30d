"""``im_cos_msg``: uploaded files taken out of reach, given back, and shown to moderators
(rest-operations-push.md 1.6)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.media.model import Object, State
from sodam.rest.media_answers import parted
from sodam.wire import Call, Service

service = Service(
    "im_cos_msg", bad_json=Code.BODY_NOT_JSON, bad_request=Code.REQUEST_MALFORMED, internal=Code.SERVER_TIMEOUT
)
SIGNED_SECONDS: Final = 900
_NORMAL, _FORBIDDEN, _MISSING = 0, 1, 2


class RawUrl(msgspec.Struct):
    RawURL: str


async def _object(call: Call, url: str) -> Object | None:
    """The app's own object at an address as messages carry it, expired or not."""
    named = call.services.media.named(parted(url)[1], expired=True)
    if named is None or named.app != call.app.sdkappid:
        return None
    return await call.services.media.find(named.app, named.name)


async def _mark(call: Call, url: str, *, forbidden: bool) -> None:
    row = await _object(call, url)
    if row is None or not await call.services.media.forbid(row.app, row.name, forbidden=forbidden):
        raise ApiError(Code.REQUEST_FORBIDDEN, "RawURL is no address of a file of this app")


@service.command("forbid_illegal_object", errors=(Code.REQUEST_FORBIDDEN,))
async def forbid_illegal_object(call: Call, request: RawUrl) -> None:
    """Take an uploaded file out of everybody's reach, every size of a picture with it, at once."""
    await _mark(call, request.RawURL, forbidden=True)


@service.command("allow_banned_object", errors=(Code.REQUEST_FORBIDDEN,))
async def allow_banned_object(call: Call, request: RawUrl) -> None:
    """Give a forbidden file back."""
    await _mark(call, request.RawURL, forbidden=False)


class Wanted(msgspec.Struct):
    RawURL: str
    ResourceID: int = 0


class GetSig(msgspec.Struct):
    RawURLs: Annotated[list[Wanted], msgspec.Meta(max_length=100)]


class Signed(msgspec.Struct):
    """Status: 0 normal, 1 forbidden, 2 not there any more."""

    ResourceID: int
    Status: int
    PreSigURL: str = ""
    Code: int = 0
    Desc: str = ""


class SignedUrls(msgspec.Struct):
    PreSigURLs: list[Signed]


@service.command("get_cos_sig")
async def get_cos_sig(call: Call, request: GetSig) -> SignedUrls:
    """Addresses that are good for 15 minutes, also of files that are forbidden."""
    found = []
    for wanted in request.RawURLs:
        row = await _object(call, wanted.RawURL)
        if row is None:
            found.append(Signed(wanted.ResourceID, _MISSING, Desc="there is no such file of this app"))
            continue
        before, _ = parted(wanted.RawURL)
        path = call.services.media.moderator_path(row, SIGNED_SECONDS)
        status = _FORBIDDEN if row.state == State.FORBIDDEN else _NORMAL
        found.append(Signed(wanted.ResourceID, status, before + path))
    return SignedUrls(found)
