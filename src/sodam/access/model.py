"""Who exists in access management (access-management.md 1), and its limits."""

from __future__ import annotations

from typing import Final

import msgspec

OWNER_APP_ID: Final = 1
"""AppId: one per root account, and there is one root account."""
ROOT_NAME: Final = "root"
MAX_USERS: Final = 1000
MAX_GROUPS: Final = 300
MAX_GROUPS_PER_USER: Final = 10
MAX_USERS_PER_GROUP: Final = 100
MAX_POLICIES: Final = 1500
MAX_ATTACHED: Final = 200
MAX_VERSIONS: Final = 5
MAX_KEYS: Final = 2


class User(msgspec.Struct, frozen=True, kw_only=True):
    """The root account or a sub-user. Times are unix seconds, 0: never."""

    uin: int
    root: bool
    name: str
    uid: int
    remark: str = ""
    phone_num: str = ""
    country_code: str = ""
    email: str = ""
    console_login: bool = False
    password: str = ""
    """argon2id; empty: none."""
    password_at: int = 0
    need_reset: bool = False
    old_passwords: tuple[str, ...] = ()
    totp: str = ""
    totp_next: str = ""
    totp_step: int = 0
    boundary: int = 0
    created_at: int = 0
    last_login_at: int = 0
    last_login_ip: str = ""


class Group(msgspec.Struct, frozen=True):
    id: int
    name: str
    remark: str
    created_at: int


class AccessKey(msgspec.Struct, frozen=True):
    secret_id: str
    uin: int
    secret_key: str
    active: bool
    description: str
    created_at: int
    last_used_at: int


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, from where, and how. Made by an edge after it has checked a session or a signature."""

    user: User
    owner_uin: int
    ip: str = ""
    user_agent: str = ""
    edge: str = "console"
    mfa: bool = False
    """The session was opened with a one-time code."""
    session: str = ""
    """The session's id (the hash of its token); empty for the cloud API."""

    @property
    def uin(self) -> int:
        return self.user.uin

    @property
    def name(self) -> str:
        return self.user.name
