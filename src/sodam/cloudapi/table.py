"""THE table of actions. An action is declared in its noun's file and is served, listed, documented, named by policies
and tested from there; a new file is added here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from sodam.cloudapi.action import TABLE, Action
from sodam.cloudapi.original import ORIGINAL

__all__ = ["SERVICES", "TABLE", "actions", "catalogue"]

_FILES: Final = (
    "apps",
    "keys",
    "map_keys",
    "plans",
    "operator",
    "settings",
    "group_fields",
    "accounts",
    "account_state",
    "overview",
    "statistics",
    "relations",
    "friend_pages",
    "words",
    "jobs",
    "users",
    "security",
    "groups",
    "access_keys",
    "policies",
    "policy_tools",
    "attachments",
    "audit",
    "callbacks",
    "callback_certificates",
    "push",
    "push_tasks",
    "chat_account_groups",
    "chat_groups",
    "chat_members",
    "chat_messages",
    "chat_topics",
    "chat_rooms",
    "officials",
    "troubleshooting",
    "inbox",
)
SERVICES: Final = {"im": "Chat", "cam": "Access management", "cloudaudit": "Audit log", "sodam": "Server"}
"""``sodam`` is what the server's operator does; the presets of ``im`` do not grant it (docs/decisions/0013)."""
for _name in _FILES:
    import_module(f"sodam.cloudapi.actions.{_name}")


def actions() -> list[Action]:
    """Every action, by service and name."""
    return sorted(TABLE.actions.values(), key=lambda a: (a.service, a.name))


@cache
def catalogue() -> dict[str, frozenset[str]]:
    """What policies may name: each service with its operations in lower case, those of the original included."""
    found: dict[str, set[str]] = {service: set() for service in SERVICES}
    found["im"].update(name.lower() for name in ORIGINAL)
    for action in TABLE.actions.values():
        found[action.service].add(action.name.lower())
    return {service: frozenset(names) for service, names in found.items()}
