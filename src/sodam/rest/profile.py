"""``profile``: user profiles (rest-accounts-relations.md section 5)."""

from __future__ import annotations

from sodam.errors import Code
from sodam.wire import Service

service = Service(
    "profile",
    bad_json=Code.PROFILE_BAD_REQUEST,
    bad_request=Code.PROFILE_BAD_REQUEST,
    internal=Code.PROFILE_INTERNAL,
    display=True,
)
