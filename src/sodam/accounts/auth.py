"""Who signs: UserSig checks with a memory of those that passed, for REST and for client logins."""

from __future__ import annotations

from collections.abc import Callable

from sodam import usersig
from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.usersig import Claims

_REMEMBERED = 20_000


def kicked(claims: Claims, account: Account) -> bool:
    """Whether the user was kicked since the token was made, which makes it worthless."""
    return claims.issued <= account.invalid_before


class Authenticator:
    def __init__(self, accounts: AccountService, clock: Callable[[], float] = wall_clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._passed: dict[tuple[int, int, str, str], Claims] = {}

    def known(self, app: App, user_id: str, token: str) -> bool:
        """Whether ``check`` would let a token pass at once, which it has checked before; False says nothing."""
        claims = self._passed.get((app.sdkappid, app.version, user_id, token))
        if claims is None or int(self._clock()) > claims.issued + claims.expire:
            return False
        account = self._accounts.peek(app.sdkappid, user_id)
        return account is not None and not kicked(claims, account)

    def verify(self, app: App, user_id: str, token: str) -> Claims:
        """As ``check``, but for whether the user was kicked since; not remembered: a sign-in's token comes once."""
        now = int(self._clock())
        return usersig.verify(token, keys=app.keys, sdkappid=app.sdkappid, user_id=user_id, now=now)

    async def check(self, app: App, user_id: str, token: str) -> Claims:
        """The claims of a valid UserSig. Raises the 700xx code of rest-accounts-relations.md 2.5.

        It is remembered, which saves the signature check of a token that comes again and again, as a server's does.
        """
        now = int(self._clock())
        key = (app.sdkappid, app.version, user_id, token)
        claims = self._passed.get(key)
        if claims is None:
            claims = self.verify(app, user_id, token)
            if len(self._passed) >= _REMEMBERED:
                self._passed.clear()
            self._passed[key] = claims
        elif now > claims.issued + claims.expire:
            raise ApiError(Code.USERSIG_EXPIRED)
        account = self._accounts.peek(app.sdkappid, user_id) or await self._accounts.find(app.sdkappid, user_id)
        if account is not None and kicked(claims, account):
            raise ApiError(Code.LOGIN_KICKED)
        return claims
