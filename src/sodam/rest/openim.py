"""``openim``: one-to-one messages and online status (rest-messages.md section 2, rest-accounts-relations.md 4)."""

from __future__ import annotations

from sodam.errors import Code
from sodam.wire import Service

service = Service(
    "openim",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_BODY_NOT_JSON,
    internal=Code.MSG_INTERNAL,
)
