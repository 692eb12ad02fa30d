"""Client groups, as long as REST alone knows groups: clients see none yet.

The web SDK asks both lists at every sign-in and leaves an error answer to nobody, which ends a Node process that does
not handle it (docs/protocol.md section 15).
"""

from __future__ import annotations

import msgspec

from sodam.errors import Code
from sodam.wire import Call, Empty, Service

service = Service(
    "group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
communities = Service(
    "million_group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)


class JoinedGroups(msgspec.Struct):
    TotalCount: int = 0
    GroupIdList: list[msgspec.Raw] = []


@service.command("get_joined_group_list")
async def get_joined_group_list(call: Call, request: Empty) -> JoinedGroups:
    """The groups of the caller."""
    return JoinedGroups()


@communities.command("get_joined_group_list")
async def get_joined_community_list(call: Call, request: Empty) -> JoinedGroups:
    """The communities of the caller."""
    return JoinedGroups()
