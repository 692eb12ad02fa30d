"""Signing in to the console: the root account, passwords, one-time codes, and the lock after failures."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from sodam.access import passwords, totp
from sodam.access import user_store as store
from sodam.access.attempts import SIGNED_IN, Attempts, forgive, succeeded
from sodam.access.model import ROOT_NAME, User
from sodam.access.passwords import PasswordRules
from sodam.access.security import SecuritySettings
from sodam.access.sessions import end_all, unchanged
from sodam.clock import now as wall_clock
from sodam.control import ControlError, conflict, invalid
from sodam.storage import Database, Tx, without_hook

MAX_CHECKING: Final = 32
"""Passwords being checked at a time: each costs 64 MiB for a moment, and waits for its turn."""
_FIRST_UIN: Final = 100_000_000_000
_NO_CODE: Final = {"totp": "", "totp_next": ""}


def new_uin() -> int:
    """12 digits; a clash is caught by the table's key."""
    return _FIRST_UIN + secrets.randbelow(899_999_999)


class LoginService:
    def __init__(self, db: Database, security: SecuritySettings, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._security = security
        self._clock = clock
        self._attempts = Attempts(db)
        self.owner_uin = 0
        """Of the root account; known after ``start``."""
        self._checking = 0

    async def start(self, password: str | None) -> str | None:
        """Make the root account when it is missing. The password, if this call made one up."""
        root = await store.root(self._db)
        made: str | None = None
        if root is None:
            made = None if password else passwords.generate(20)
            now = int(self._clock())
            user = User(
                uin=new_uin(),
                root=True,
                name=ROOT_NAME,
                uid=1,
                console_login=True,
                password=await passwords.hash_password(password or made or ""),
                password_at=now,
                created_at=now,
            )
            if not await self._db.write(lambda tx: store.insert(tx, user)):
                made = None  # another node was faster
            root = await store.root(self._db)
        assert root is not None
        self.owner_uin = root.uin
        return made

    async def find_owner(self) -> None:
        """Learn the root account's number before ``start``, if there is one yet."""
        root = await store.root(self._db)
        self.owner_uin = root.uin if root is not None else 0

    async def reset_root(self, password: str) -> None:
        """Give root a new password, take away its one-time code and any lock, and end its sessions."""
        hashed, now = await passwords.hash_password(password), int(self._clock())

        async def run(tx: Tx) -> None:
            changes = {"password": hashed, "password_at": now, **_NO_CODE}
            await store.update(tx, self.owner_uin, **changes)
            await forgive(tx, ROOT_NAME)
            await end_all(tx, self.owner_uin)

        await self._db.write(run)

    async def _rules(self) -> PasswordRules:
        return (await self._security.passwords()).rules

    async def login(self, name: str, password: str, code: str, ip: str) -> User:
        """The user whose name and password these are.

        Raises ControlError AuthFailure.LoginFailure, .MFAFailure (one-time code missing or wrong) or .AccountLocked,
        IpInBlacklist or IpNotInWhitelist, and RequestLimitExceeded when too many try at once.
        """
        if self._checking >= MAX_CHECKING:
            raise ControlError("RequestLimitExceeded", "too many people sign in at this moment", cure="Try again.")
        self._checking += 1
        try:
            return await self._login(name, password, code, ip)
        finally:
            self._checking -= 1

    async def _login(self, name: str, password: str, code: str, ip: str) -> User:
        user = await store.by_name(self._db, name[:128])
        # Before the password: from a forbidden place nobody may guess, nor lock somebody out by failing.
        await self._security.guard(user, ip)
        now, rules = int(self._clock()), await self._rules()
        at_home = user is not None and user.last_login_ip == ip
        attempt = await self._attempts.begin(name, ip, rules.RetryPasswordLimit, now, at_home=at_home)
        if not await passwords.verify(user.password if user else "", password[: passwords.MAX_PASSWORD]):
            await self._attempts.failed(attempt, now)
            raise ControlError("AuthFailure.LoginFailure", "wrong user name or password")
        assert user is not None
        if not user.console_login:
            message = "this user may not sign in to the console"
            raise ControlError("AuthFailure.LoginFailure", message, detail="NoConsoleLogin")
        if expired(user, rules, now) and rules.PasswordExpirationInvalidation == 2:
            raise ControlError(
                "AuthFailure.LoginFailure",
                "the password has expired; ask an administrator for a new one",
                detail="PasswordHasExpired",
            )
        step = user.totp_step
        if user.totp:
            if not code:
                await self._attempts.give_back(attempt)
                raise _code_needed()
            step = totp.accept(user.totp, code, now, user.totp_step)
            if not step:
                await self._attempts.failed(attempt, now)
                raise _wrong_code()

        async def run(tx: Tx) -> None:
            if unchanged(await store.lock(tx, user.uin), user).totp != user.totp:
                raise _code_needed()
            if not await store.signed_in(tx, user, step, now, ip):
                raise _wrong_code()  # somebody else has used the same one a moment ago
            await succeeded(tx, attempt)

        await self._db.write(run)
        return user

    async def forget_attempts(self) -> int:
        """Drop counts of attempts that no longer matter; how many."""
        return await self._attempts.forget_old(int(self._clock()))

    async def change_password(self, user: User, old: str, new: str, *, session: str) -> None:
        """Change the own password; all sessions but the one with the id ``session`` end.

        Raises ControlError for a wrong old password or a new one that breaks the rules.
        """
        await self._prove(user, old)
        changes = await self.new_password(user, new) | {"need_reset": False}

        async def run(tx: Tx) -> None:
            unchanged(await store.lock(tx, user.uin), user)
            await store.update(tx, user.uin, **changes)
            await end_all(tx, user.uin, but=session)

        await self._db.write(run)

    async def new_password(self, user: User, new: str) -> dict[str, object]:
        """The fields of the user that a new password changes. Writes nothing.

        Raises ControlError when the password breaks the rules or was used before.
        """
        rules = await self._rules()
        passwords.check_password(new, rules)
        past = user.old_passwords[: rules.ReusePasswordLimit]
        for stored in (user.password, *past) if user.password and rules.ReusePasswordLimit else ():
            if await passwords.verify(stored, new):
                raise invalid("this password was used before", "PasswordViolatedRules", detail="PasswordUsedBefore")
        return {
            "password": await passwords.hash_password(new),
            "password_at": int(self._clock()),
            "old_passwords": remembered(user),
        }

    async def _prove(self, user: User, password: str, code: str | None = None) -> None:
        """That whoever is signed in knows the password, and the one-time code where there is one.

        None asks for no code. Raises ControlError; failures count as at login.
        """
        now, rules = int(self._clock()), await self._rules()
        attempt = await self._attempts.begin(user.name, SIGNED_IN, rules.RetryPasswordLimit, now)
        if not await passwords.verify(user.password, password[: passwords.MAX_PASSWORD]):
            await self._attempts.failed(attempt, now)
            raise ControlError("AuthFailure.LoginFailure", "wrong password", detail="WrongPassword")
        if user.totp and code is not None:
            if not code:
                await self._attempts.give_back(attempt)
                raise _code_needed()
            if not totp.accept(user.totp, code, now, user.totp_step):
                await self._attempts.failed(attempt, now)
                raise _wrong_code()
        with without_hook():
            await self._db.write(lambda tx: succeeded(tx, attempt))

    async def begin_mfa(self, user: User, password: str, code: str) -> tuple[str, str]:
        """A new secret and its otpauth URI; it counts once a code of it is confirmed.

        Who has a one-time code already must give one: a password alone must not replace it.
        """
        await self._prove(user, password, code)
        secret = totp.new_secret()
        await self._db.write(lambda tx: _set_code(tx, user, {"totp_next": secret}))
        return secret, totp.uri(secret, user.name)

    async def confirm_mfa(self, user: User, code: str) -> None:
        if not user.totp_next:
            message = "begin first: there is no secret to confirm"
            raise ControlError("FailedOperation", message, detail="MfaNotBegun")
        step = totp.accept(user.totp_next, code, int(self._clock()), 0)
        if not step:
            raise _wrong_code()
        changes = {"totp": user.totp_next, "totp_next": "", "totp_step": step}
        await self._db.write(lambda tx: _set_code(tx, user, changes, begun=user.totp_next))

    async def disable_mfa(self, user: User, password: str, code: str) -> None:
        if not user.totp:
            raise ControlError("FailedOperation", "there is no one-time code to take away", detail="MfaNotSet")
        await self._prove(user, password, code)
        await self._db.write(lambda tx: _set_code(tx, user, _NO_CODE))


async def _set_code(tx: Tx, user: User, changes: Mapping[str, object], *, begun: str | None = None) -> None:
    """Change the one-time code of somebody who has proved the password and, where there is one, the code.

    ``begun``: the secret that is confirmed. Raises ControlError when somebody else was faster.
    """
    current = unchanged(await store.lock(tx, user.uin), user)
    if current.totp != user.totp or begun not in (None, current.totp_next):
        raise conflict()
    await store.update(tx, user.uin, **changes)


def remembered(user: User) -> tuple[str, ...]:
    """The former passwords of a user who gets another one: the present one joins them."""
    return (user.password, *user.old_passwords)[:24] if user.password else user.old_passwords


def expired(user: User, rules: PasswordRules, now: int) -> bool:
    return bool(rules.ForcePasswordChange) and user.password_at + rules.ForcePasswordChange * 86400 < now


def _code_needed() -> ControlError:
    return ControlError(
        "AuthFailure.MFAFailure", "a one-time code is needed", detail="CodeNeeded", extra={"CodeNeeded": True}
    )


def _wrong_code() -> ControlError:
    return ControlError("AuthFailure.MFAFailure", "wrong one-time code")
