"""Patterns with ``*``, as actions, resources and conditions of policies have them (access-management.md 2.4 to 2.6).

Whoever may write a policy chooses the pattern, and whoever may tag an app the text: matching takes time in proportion
to the two, never more. (A regular expression with several ``.*`` tries every way to part the text.)
"""

from __future__ import annotations


def wildcard(pattern: str, text: str) -> bool:
    """``*`` stands for any characters, also none; case matters."""
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = pattern.split("*")
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    # What stands between two stars is taken where it comes first: that leaves the most to the others.
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
