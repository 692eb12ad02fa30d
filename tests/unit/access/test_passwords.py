"""Passwords that are made up, and what hashing costs."""

from __future__ import annotations

import pytest

from sodam.access import passwords
from sodam.access.passwords import DEFAULT_MEMORY, PasswordRules
from sodam.settings import Settings, SettingsError, load


def test_generated_ones_follow_every_rule_and_begin_harmlessly() -> None:
    for _ in range(300):
        made = passwords.generate()
        passwords.check_password(made, PasswordRules(MinimumLength=32))
        assert made[0].isalnum(), made  # else a spreadsheet may take it for a formula


async def test_at_the_cost_that_servers_have() -> None:
    """A setting nobody gave is RFC 9106's second recommended option; a hash keeps the cost that it was made with."""
    cheap = await passwords.hash_password("Correct-horse-9")
    assert cheap.startswith("$argon2id$v=19$m=12288,t=3,p=1$")
    passwords.use_memory(Settings().password_memory)
    made = await passwords.hash_password("Correct-horse-9")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    for stored in (cheap, made):
        assert await passwords.verify(stored, "Correct-horse-9")
        assert not await passwords.verify(stored, "correct-horse-9")
    assert not await passwords.verify("", "Correct-horse-9")


@pytest.mark.parametrize("text", ["11", "1025", "-64", "64M", "", "1e2", "6\u0664"])
def test_a_cost_that_is_refused(text: str) -> None:
    """Less than is safe, or more than a sign-in may take; an empty value counts as not set."""
    if not text:
        assert load({}, {"SODAM_PASSWORD_MEMORY": text}).password_memory == DEFAULT_MEMORY
        return
    with pytest.raises(SettingsError, match="12 to 1024"):
        load({}, {"SODAM_PASSWORD_MEMORY": text})
