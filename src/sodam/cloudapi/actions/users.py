"""Sub-users, collaborators and the overview (access-management.md 6.1)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sodam.access import passwords
from sodam.access.model import OWNER_APP_ID, User
from sodam.access.users import NewUser
from sodam.cloudapi.action import Call, Nothing, action
from sodam.cloudapi.actions.rights import require
from sodam.cloudapi.actions.views import Id, Password, stamp
from sodam.control import invalid

Flag = Literal[0, 1]
Remark = Annotated[str, msgspec.Meta(max_length=200)]
Short = Annotated[str, msgspec.Meta(max_length=100)]
MAX_QUICK: Final = 10
"""Users of one quick creation (access-management.md 1)."""


class OfUser(msgspec.Struct):
    Name: str


class UserView(msgspec.Struct, kw_only=True):
    Uin: Id
    Name: str
    Uid: Id
    Remark: str
    ConsoleLogin: int
    PhoneNum: str
    CountryCode: str
    Email: str
    CreateTime: str
    NickName: str
    RecentlyLoginIP: str
    RecentlyLoginTime: str
    MFA: bool
    NeedResetPassword: int


def user_view(user: User) -> UserView:
    return UserView(
        Uin=user.uin,
        Name=user.name,
        Uid=user.uid,
        Remark=user.remark,
        ConsoleLogin=int(user.console_login),
        PhoneNum=user.phone_num,
        CountryCode=user.country_code,
        Email=user.email,
        CreateTime=stamp(user.created_at),
        NickName=user.name,
        RecentlyLoginIP=user.last_login_ip,
        RecentlyLoginTime=stamp(user.last_login_at),
        MFA=bool(user.totp),
        NeedResetPassword=int(user.need_reset),
    )


class AddUser(msgspec.Struct):
    Name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    Remark: Remark = ""
    ConsoleLogin: Flag = 0
    UseApi: Flag = 0
    Password: Password = ""
    NeedResetPassword: Flag = 0
    PhoneNum: Short = ""
    CountryCode: Short = ""
    Email: Short = ""


class UserAdded(msgspec.Struct):
    Uin: Id
    Name: str
    Password: str
    """Only one that was generated; it cannot be seen again."""
    SecretId: str
    SecretKey: str
    Uid: Id


@action("cam", "AddUser", kind="write", level="operation")
async def add_user(call: Call, request: AddUser) -> UserAdded:
    """Create a sub-user with console access, an access key, or both. It may do nothing until a policy says so."""
    wanted = User(
        uin=0,
        root=False,
        name=request.Name,
        uid=0,
        remark=request.Remark,
        phone_num=request.PhoneNum,
        country_code=request.CountryCode,
        email=request.Email,
        console_login=bool(request.ConsoleLogin),
        need_reset=bool(request.NeedResetPassword),
    )
    made = await call.plane.users.prepare(wanted, request.Password, use_api=bool(request.UseApi))
    call.changed(None, user_view(made.user))
    await call.plane.users.add([made])
    return _added(made)


def _added(made: NewUser) -> UserAdded:
    key = made.key
    secret = (key.secret_id, key.secret_key) if key else ("", "")
    return UserAdded(made.user.uin, made.user.name, made.generated, *secret, made.user.uid)


class UserName(msgspec.Struct):
    Name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class AddUsers(msgspec.Struct):
    Users: Annotated[list[UserName], msgspec.Meta(min_length=1, max_length=MAX_QUICK)]
    ConsoleLogin: Flag = 1
    UseApi: Flag = 0
    NeedResetPassword: Flag = 1
    PolicyId: Annotated[list[Id], msgspec.Meta(max_length=MAX_QUICK)] = []
    """Attached to every one of them."""


class UsersAdded(msgspec.Struct):
    Users: list[UserAdded]


@action("cam", "AddUsers", kind="write", level="operation")
async def add_users(call: Call, request: AddUsers) -> UsersAdded:
    """Quick creation: up to ten sub-users with generated passwords, and their policies, all or none.

    Attaching needs cam:AttachUserPolicy too. Passwords and keys are in the answer and cannot be seen again.
    """
    if request.PolicyId:
        require(call, "cam", "AttachUserPolicy")
    wanted = User(
        uin=0,
        root=False,
        name="",
        uid=0,
        console_login=bool(request.ConsoleLogin),
        need_reset=bool(request.NeedResetPassword),
    )
    made = [
        await call.plane.users.prepare(
            msgspec.structs.replace(wanted, name=line.Name), "", use_api=bool(request.UseApi)
        )
        for line in request.Users
    ]
    call.changed(None, {"Users": [user_view(one.user) for one in made], "PolicyId": request.PolicyId})
    await call.plane.users.add(made, request.PolicyId, call.caller.uin)
    return UsersAdded([_added(one) for one in made])


class UpdateUser(msgspec.Struct):
    Name: str
    Remark: Remark | None = None
    ConsoleLogin: Flag | None = None
    Password: Password = ""
    NeedResetPassword: Flag | None = None
    PhoneNum: Short | None = None
    CountryCode: Short | None = None
    Email: Short | None = None


@action("cam", "UpdateUser", kind="write", level="operation")
async def update_user(call: Call, request: UpdateUser) -> None:
    """Change a sub-user's fields; its password too when one is given, which ends its sessions."""
    user = await call.plane.users.get(request.Name)
    given = {
        "remark": request.Remark,
        "console_login": None if request.ConsoleLogin is None else bool(request.ConsoleLogin),
        "need_reset": None if request.NeedResetPassword is None else bool(request.NeedResetPassword),
        "phone_num": request.PhoneNum,
        "country_code": request.CountryCode,
        "email": request.Email,
    }
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if request.Password:
        need = bool(changes.get("need_reset", user.need_reset))
        changes |= await call.plane.users.new_password(user, request.Password, need_reset=need)
    elif request.ConsoleLogin and not user.password:
        message = "console access needs a password: give one, or use ResetPassword"
        raise invalid(message, "PasswordViolatedRules", detail="PasswordNeeded")
    call.changed(user_view(user), user_view(msgspec.structs.replace(user, **changes)))
    await call.plane.users.update(user, changes)


class ResetPassword(msgspec.Struct):
    Name: str
    Password: Password = ""
    NeedResetPassword: Flag = 1


class PasswordMade(msgspec.Struct):
    Password: str
    """Empty when one was given."""


@action("cam", "ResetPassword", kind="write", level="operation")
async def reset_password(call: Call, request: ResetPassword) -> PasswordMade:
    """Give a sub-user a new password, ending its sessions and any lock."""
    user = await call.plane.users.get(request.Name)
    made = "" if request.Password else passwords.generate()
    need = bool(request.NeedResetPassword)
    changes = await call.plane.users.new_password(user, request.Password or made, need_reset=need)
    call.changed(user_view(user), user_view(msgspec.structs.replace(user, **changes)))
    await call.plane.users.update(user, changes)
    return PasswordMade(made)


@action("cam", "GetUser", kind="read", level="operation")
async def get_user(call: Call, request: OfUser) -> UserView:
    """A sub-user by name."""
    return user_view(await call.plane.users.get(request.Name))


class DeleteUser(msgspec.Struct):
    Name: str
    Force: Flag = 0


@action("cam", "DeleteUser", kind="write", level="operation")
async def delete_user(call: Call, request: DeleteUser) -> None:
    """Delete a sub-user; with Force, its access keys too."""
    user = await call.plane.users.get(request.Name)
    call.changed(user_view(user), {})
    await call.plane.users.delete(user, force=bool(request.Force))


class UserList(msgspec.Struct):
    Data: list[UserView]


@action("cam", "ListUsers", kind="list", level="operation")
async def list_users(call: Call, request: Nothing) -> UserList:
    """All sub-users, by name; at most 1000."""
    return UserList([user_view(user) for user in await call.plane.users.all()])


class DescribeSubAccounts(msgspec.Struct):
    FilterSubAccountUin: Annotated[list[Id], msgspec.Meta(max_length=50)]


class SubAccount(msgspec.Struct):
    Uin: Id
    Name: str
    Uid: Id
    Remark: str
    CreateTime: str
    UserType: int
    LastLoginIp: str
    LastLoginTime: str


class SubAccounts(msgspec.Struct):
    SubAccounts: list[SubAccount]


@action("cam", "DescribeSubAccounts", kind="list", level="operation")
async def describe_sub_accounts(call: Call, request: DescribeSubAccounts) -> SubAccounts:
    """Sub-users by number; unknown numbers are left out."""
    wanted = frozenset(request.FilterSubAccountUin)
    return SubAccounts(
        [
            SubAccount(
                user.uin,
                user.name,
                user.uid,
                user.remark,
                stamp(user.created_at),
                2,
                user.last_login_ip,
                stamp(user.last_login_at),
            )
            for user in await call.plane.users.all()
            if user.uin in wanted
        ]
    )


class ListCollaborators(msgspec.Struct):
    Limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    Offset: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class CollaboratorList(msgspec.Struct):
    TotalNum: int
    Data: list[UserView]


@action("cam", "ListCollaborators", kind="list", level="operation")
async def list_collaborators(call: Call, request: ListCollaborators) -> CollaboratorList:
    """Always empty: a collaborator is another root account, and a server has one."""
    return CollaboratorList(0, [])


class LoginFlag(msgspec.Struct):
    Stoken: Flag = 0


class SetMfaFlag(msgspec.Struct):
    OpUin: Id
    LoginFlag: LoginFlag


@action("cam", "SetMfaFlag", kind="write", level="operation")
async def set_mfa_flag(call: Call, request: SetMfaFlag) -> None:
    """Take a lost one-time code away from a sub-user. Only the user itself can set one up."""
    user = await call.plane.users.get_sub(request.OpUin)
    if request.LoginFlag.Stoken:
        message = "the user sets a one-time code up after signing in; here it can only be taken away"
        raise invalid(message, detail="MfaOnlyByOneself")
    call.changed({"MFA": bool(user.totp)}, {"MFA": False})
    await call.plane.users.clear_mfa(user)


class AppIdView(msgspec.Struct):
    Uin: str
    OwnerUin: str
    AppId: int


@action("cam", "GetUserAppId", kind="read", level="operation")
async def get_user_app_id(call: Call, request: Nothing) -> AppIdView:
    """Who the caller is."""
    return AppIdView(str(call.caller.uin), str(call.caller.owner_uin), OWNER_APP_ID)


class Summary(msgspec.Struct):
    Policies: int
    Roles: int
    User: int
    Group: int
    Member: int
    IdentityProviders: int
    LoginUrl: str


@action("cam", "GetAccountSummary", kind="read", level="operation")
async def get_account_summary(call: Call, request: Nothing) -> Summary:
    """Counts for the overview, and the login link of sub-users."""
    presets, custom = await call.plane.policies.all()
    users = await call.plane.users.all()
    groups = await call.plane.users.groups()
    return Summary(
        len(presets) + len(custom), 0, len(users), len(groups), 0, 0, f"/console/login?uin={call.caller.owner_uin}"
    )
