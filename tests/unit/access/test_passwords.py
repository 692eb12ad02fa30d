"""Passwords that are made up."""

from __future__ import annotations

from sodam.access import passwords
from sodam.access.passwords import PasswordRules


def test_generated_ones_follow_every_rule_and_begin_harmlessly() -> None:
    for _ in range(300):
        made = passwords.generate()
        passwords.check_password(made, PasswordRules(MinimumLength=32))
        assert made[0].isalnum(), made  # else a spreadsheet may take it for a formula
