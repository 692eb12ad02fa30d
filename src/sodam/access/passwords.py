"""Passwords: argon2id, the rules that they follow, generated ones."""

from __future__ import annotations

import asyncio
import secrets
import string
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Annotated, Final

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sodam.control import invalid

MAX_PASSWORD: Final = 128
DEFAULT_MEMORY: Final = 64
"""MiB that hashing a password takes, the setting ``password_memory``."""
_SPECIAL: Final = "-_.+=@%"
_KINDS: Final = {
    "Upper": string.ascii_uppercase,
    "Lower": string.ascii_lowercase,
    "Digit": string.digits,
    "Special": "",
}
# RFC 9106's second recommended option: 64 MiB and three passes, unless the operator says otherwise (``use_memory``).
# Two at once bound what a flood of logins may take.
_PASSES: Final = 3
_hasher = PasswordHasher(time_cost=_PASSES, memory_cost=DEFAULT_MEMORY * 1024, parallelism=1)
_threads: Final = ThreadPoolExecutor(2, thread_name_prefix="passwords")


RANGES: Final = {
    "MinimumLength": (8, 32),
    "ForcePasswordChange": (0, 365),
    "ReusePasswordLimit": (0, 24),
    "RetryPasswordLimit": (3, 20),
    "PasswordExpirationInvalidation": (1, 2),
}


def _number(name: str) -> msgspec.Meta:
    """The range for the schema; ``check_rules`` is what refuses, with the code of its own."""
    low, high = RANGES[name]
    return msgspec.Meta(extra_json_schema={"minimum": low, "maximum": high})


class PasswordRules(msgspec.Struct, frozen=True, kw_only=True):
    """access-management.md 6.1, ``GetPasswordRules``."""

    MinimumLength: Annotated[int, _number("MinimumLength")] = 8
    """8 to 32 characters."""
    MustContain: str = "Upper,Lower,Digit,Special"
    ForcePasswordChange: Annotated[int, _number("ForcePasswordChange")] = 0
    """Days after which a password must be changed; 0: never."""
    ReusePasswordLimit: Annotated[int, _number("ReusePasswordLimit")] = 1
    """How many former passwords may not come back, 0 to 24."""
    RetryPasswordLimit: Annotated[int, _number("RetryPasswordLimit")] = 5
    """Wrong passwords within an hour until the user is locked, 3 to 20."""
    PasswordExpirationInvalidation: Annotated[int, _number("PasswordExpirationInvalidation")] = 1
    """1: an expired password must be changed at login; 2: it does not sign in any more."""


def check_rules(rules: PasswordRules) -> None:
    """Raises ControlError for rules that nobody could follow."""
    kinds = [kind for kind in rules.MustContain.split(",") if kind]
    if any(kind not in _KINDS for kind in kinds) or len(set(kinds)) != len(kinds):
        names = ", ".join(_KINDS)
        raise invalid(f"MustContain lists some of {names}", "PasswordRuleError", detail="PasswordKinds", Names=names)
    for name, (low, high) in RANGES.items():
        if not low <= getattr(rules, name) <= high:
            message = f"{name} is from {low} to {high}"
            raise invalid(message, "PasswordRuleError", detail="NumberRange", Field=name, Least=low, Most=high)


def check_password(password: str, rules: PasswordRules) -> None:
    """Raises ControlError when a password breaks the rules."""
    if not rules.MinimumLength <= len(password) <= MAX_PASSWORD:
        message = f"a password has {rules.MinimumLength} to {MAX_PASSWORD} characters"
        least, most = rules.MinimumLength, MAX_PASSWORD
        raise invalid(message, "PasswordViolatedRules", detail="PasswordLength", Least=least, Most=most)
    for kind in rules.MustContain.split(","):
        letters = _KINDS.get(kind, "")
        found = any(c in letters for c in password) if letters else any(not c.isalnum() for c in password)
        if kind and not found:
            message = f"a password must contain: {rules.MustContain}"
            raise invalid(message, "PasswordViolatedRules", detail="PasswordMustContain", Kinds=rules.MustContain)


def generate(length: int = 32) -> str:
    """A random password that follows every rule. It begins with a letter or digit: a sheet takes = for a formula."""
    pools = (string.ascii_uppercase, string.ascii_lowercase, string.digits, _SPECIAL)
    letters = [secrets.choice(pool) for pool in pools]
    letters += [secrets.choice("".join(pools)) for _ in range(length - len(pools))]
    while True:
        secrets.SystemRandom().shuffle(letters)
        if letters[0].isalnum():
            break
    return "".join(letters)


def use_memory(mebibytes: int) -> None:
    """From now on, in this process, a hash takes this much memory, and time with it. Stored hashes keep their own."""
    global _hasher
    _hasher = PasswordHasher(time_cost=_PASSES, memory_cost=mebibytes * 1024, parallelism=1)
    _nobody.cache_clear()


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify(stored: str, password: str) -> bool:
    """Whether a password belongs to a hash. Takes as long when there is no hash."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, password)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False
