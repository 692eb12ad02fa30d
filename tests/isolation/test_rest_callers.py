"""Every REST command refuses whoever is not an administrator of the app, before it looks at anything."""

from __future__ import annotations

from typing import Final

from sodam.errors import Code
from sodam.rest.table import commands
from tests.fuzz import judge
from tests.isolation.conftest import DISABLED, EXPIRED, KEYS, OTHER, SECRET_OF_USERS, Apps, live_in

BODY: Final = b'{"From_Account":"user0","To_Account":"user1","UserID":"user2","Room":"r"}'
"""Also what a user may send for itself names somebody else: see Command.own."""


def _outsiders(apps: Apps) -> dict[str, tuple[str, Code]]:
    own, other = apps.own, apps.other
    off, over = apps.caller(DISABLED), apps.caller(EXPIRED)
    return {
        "nobody": (own.query(identifier=None, usersig=None), Code.CREDENTIALS_MALFORMED),
        "no signature": (own.query(usersig=None), Code.USERSIG_EMPTY),
        "a signature of nothing": (own.query(usersig="eJw-"), Code.USERSIG_UNDECODABLE),
        "a user": (own.query(identifier="user0", usersig=own.sign("user0")), Code.NOT_ADMIN),
        "a user with an administrator's name": (own.query(usersig=own.sign("user0")), Code.USERSIG_USER_MISMATCH),
        "another app's administrator": (own.query(usersig=other.signature), Code.USERSIG_SDKAPPID_MISMATCH),
        "another app's key": (own.query(usersig=_forged(apps)), Code.USERSIG_MISMATCH),
        "no app": (own.query(sdkappid=None), Code.SDKAPPID_MISSING),
        "an app that is not": (own.query(sdkappid="1400000001"), Code.SDKAPPID_INVALID),
        "a disabled app": (off.query(), Code.APP_DISABLED),
        "an expired app": (over.query(), Code.PLAN_EXPIRED),
    }


def _forged(apps: Apps) -> str:
    forger = apps.caller(OTHER)
    forger.sdkappid = apps.own.sdkappid
    forger.key = KEYS[OTHER]
    return forger.sign("administrator")


def test_outsiders(apps: Apps) -> None:
    live_in(apps.own, SECRET_OF_USERS)
    before = apps.snapshot()
    for who, (query, code) in _outsiders(apps).items():
        for command in commands():
            answer = apps.own.call(command.path, BODY, query=query)
            assert judge.refused(answer) == code, f"{command.path} as {who}"
            assert SECRET_OF_USERS.encode() not in answer.body
    assert apps.snapshot() == before


def test_administrator_of_both_apps_is_one_of_each(apps: Apps) -> None:
    """The control: with its own signature the same caller is let in, by each app."""
    for caller in (apps.own, apps.other):
        for command in commands():
            assert judge.admitted(command, caller.call(command.path, BODY)) is not None
