"""``group_open_http_svc``: the search that the original has withdrawn (rest-groups.md 2.56)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.rest.group_fields import Names, group_item
from sodam.rest.group_open_http_svc import service
from sodam.search.grams import terms
from sodam.wire import Call

__all__ = ["service"]
_MAX_PAGE: Final = 100
_MAX_FOUND: Final = 500
_MAX_CONTENT: Final = 100
_SHOWN: Final = ("Type", "Name", "ApplyJoinOption", "CreateTime", "FaceUrl", "Introduction", "Owner_Account")
_COUNTED: Final = ("MaxMemberNum", "MemberNum")


class SearchFilter(msgspec.Struct):
    GroupBasePublicInfoFilter: Names | None = None


class GroupSearch(msgspec.Struct, kw_only=True):
    Content: str
    PageNum: Annotated[int, msgspec.Meta(ge=0)] = 1
    GroupPerPage: Annotated[int, msgspec.Meta(ge=0)] = 20
    ResponseFilter: SearchFilter | None = None


class GroupSearchAnswer(msgspec.Struct):
    GroupInfo: list[dict[str, Any]]
    TotalRecord: int


@service.command("search_group", errors=())
async def search_group(call: Call, request: GroupSearch) -> GroupSearchAnswer:
    """Groups whose ID or name holds Content, in any script and whatever the case, of those that may be found by ID: the
    first 500, by pages of up to 100. Source: rest-groups.md 2.56."""
    wanted = terms([request.Content[:_MAX_CONTENT]])
    if not wanted:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "Content is empty")
    number = max(1, min(request.GroupPerPage or 20, _MAX_PAGE))
    begin = (max(1, request.PageNum) - 1) * number
    search = call.services.search.people
    page = await search.groups(call.app.sdkappid, "", wanted, any_of=False, count=_MAX_FOUND)
    asked = request.ResponseFilter.GroupBasePublicInfoFilter if request.ResponseFilter else None
    names = (*_SHOWN, *_COUNTED) if asked is None else asked
    items = [
        {"GroupId": group.group_id, "ErrorCode": 0} | group_item(group, names, room=False)
        for group in page.found[begin : begin + number]
    ]
    return GroupSearchAnswer(items, page.total)
