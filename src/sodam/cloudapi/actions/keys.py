"""An app's keys, and UserSigs made and checked with them (console.md sections 2 and 8)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam import usersig
from sodam.accounts.model import valid_user_id
from sodam.apps.model import AppKey
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import AppView, Id, KeyLine, OfApp, UserId, app_view, key_line
from sodam.control import ControlError, invalid
from sodam.errors import ApiError, Code
from sodam.troubleshooting.cures import CURES


class KeyView(msgspec.Struct):
    KeyId: Id
    Algorithm: str
    CreateTime: int
    Secret: str
    """HMAC: the key's text. ECDSA: the private key in PEM."""
    PublicKey: str


class KeysView(msgspec.Struct):
    Keys: list[KeyView]


class KeyMade(msgspec.Struct):
    Key: KeyView


def _made(key: AppKey) -> tuple[None, KeyLine]:
    return None, key_line(key)


def _view(key: AppKey) -> KeyView:
    return KeyView(key.key_id, key.algorithm, key.created_at, key.secret, key.public_pem)


@action("im", "DescribeSecret", kind="read", level="app", audited=True)
async def describe_secret(call: Call, request: OfApp) -> KeysView:
    """Show an app's keys in clear. Whoever has one can sign in as anybody: each look is in the audit log."""
    return KeysView([_view(key) for key in await call.plane.services.apps.keys(request.SDKAppID)])


@action("im", "CreateSecret", kind="write", level="app")
async def create_secret(call: Call, request: OfApp) -> KeyMade:
    """Make a second key; both are in force until one is withdrawn."""
    call.changed_by(_made)
    key = await call.plane.app_keys.add(request.SDKAppID)
    return KeyMade(_view(key))


class DeleteSecret(OfApp):
    KeyId: Id


@action("im", "DeleteSecret", kind="write", level="app")
async def delete_secret(call: Call, request: DeleteSecret) -> AppView:
    """Withdraw a key: signatures made with it are refused from now on. The last one cannot be withdrawn."""
    call.changed_by(lambda key: (key_line(key), {}))
    await call.plane.app_keys.withdraw(request.SDKAppID, request.KeyId)
    return await app_view(call, request.SDKAppID)


@action("im", "ToggleSecretVersion", kind="write", level="app")
async def toggle_secret_version(call: Call, request: OfApp) -> KeyMade:
    """Begin the move from ECDSA-SHA256 to HMAC-SHA256: a new HMAC key, beside the pair, which still verifies."""
    call.changed_by(_made)
    key = await call.plane.app_keys.move_to_hmac(request.SDKAppID)
    return KeyMade(_view(key))


class CreateSecretUserSig(OfApp):
    UserID: UserId
    Expire: Annotated[int, msgspec.Meta(ge=1, le=50 * 365 * 86400)] = usersig.DEFAULT_EXPIRE


class UserSigMade(msgspec.Struct):
    UserSig: str
    CreateTime: int
    Expire: int
    ExpireTime: int
    KeyId: Id


@action("im", "CreateSecretUserSig", kind="write", level="app")
async def create_secret_usersig(call: Call, request: CreateSecretUserSig) -> UserSigMade:
    """Make a UserSig with the app's newest key."""
    if not valid_user_id(request.UserID):
        raise invalid("a UserID has 1 to 32 bytes of printable ASCII", detail="UserIdForm")
    key, now = await signing_key(call), int(call.plane.clock())
    token = sign(request.SDKAppID, key, request.UserID, request.Expire, now)
    return UserSigMade(token, now, request.Expire, now + request.Expire, key.key_id)


async def signing_key(call: Call) -> AppKey:
    """The newest key that can sign. Raises ControlError where only a public one is kept."""
    keys = await call.plane.services.apps.keys(call.the_app.sdkappid)
    key = max(keys, key=lambda k: (k.algorithm == "HMAC-SHA256", k.key_id))
    if not key.secret:
        message = "only the public key of this app is kept here: it cannot sign"
        raise ControlError("FailedOperation", message, detail="PublicKeyOnly")
    return key


def sign(app: int, key: AppKey, user_id: str, expire: int, now: int) -> str:
    make = usersig.generate if key.algorithm == "HMAC-SHA256" else usersig.generate_v1
    return make(app, key.secret, user_id, expire=expire, now=now)


class VerifySecretUserSig(OfApp):
    UserID: UserId
    UserSig: Annotated[str, msgspec.Meta(max_length=usersig.MAX_TOKEN_LENGTH + 1)]


class UserSigChecked(msgspec.Struct, omit_defaults=True):
    Valid: bool
    ErrorCode: int
    Cause: str = ""
    Detail: str = ""
    """The number, where its meaning is all that ``Cause`` says."""
    Cure: str = ""
    SDKAppID: Id | None = None
    UserID: str | None = None
    CreateTime: int | None = None
    Expire: int | None = None
    ExpireTime: int | None = None
    Version: Id | None = None


@action("im", "VerifySecretUserSig", kind="read", level="app")
async def verify_secret_usersig(call: Call, request: VerifySecretUserSig) -> UserSigChecked:
    """Check a UserSig; when it fails, say why and what to do."""
    try:
        claims = usersig.inspect(request.UserSig)
    except ApiError as error:
        return _bad(error, UserSigChecked(False, int(error.code)))
    seen = UserSigChecked(
        True,
        0,
        SDKAppID=claims.sdkappid,
        UserID=claims.user_id,
        CreateTime=claims.issued,
        Expire=claims.expire,
        ExpireTime=claims.expires_at,
        Version=claims.version,
    )
    account = await call.plane.services.accounts.find(request.SDKAppID, request.UserID)
    try:
        usersig.verify(
            request.UserSig,
            keys=call.the_app.keys,
            sdkappid=request.SDKAppID,
            user_id=request.UserID,
            now=int(call.plane.clock()),
            valid_after=account.invalid_before if account else 0,
        )
    except ApiError as error:
        return _bad(error, seen)
    return seen


def _bad(error: ApiError, seen: UserSigChecked) -> UserSigChecked:
    seen.Valid = False
    seen.ErrorCode = int(error.code)
    seen.Cause = error.info
    seen.Detail = str(int(error.code)) if error.info == Code(error.code).meaning else ""
    seen.Cure = CURES[Code(error.code)]
    return seen
