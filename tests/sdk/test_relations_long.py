"""Lists longer than a page in the official web SDK."""

from __future__ import annotations

from typing import Any

from scene import Server, SignIn, UserId


async def test_long_lists_are_whole(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    """430 friends and 230 followed: more than two pages of each, in the server's order, the same at each sign-in."""

    async def rest(command: str, **body: Any) -> dict[str, Any]:
        answer = await server.rest(command, body)
        assert answer["ErrorCode"] == 0, answer
        return answer

    amy_id = user_id("amy")
    ids = [user_id(f"n{n:03}") for n in range(430)]
    everybody = [amy_id, *ids]
    for at in range(0, len(everybody), 100):
        users = [{"UserID": user} for user in everybody[at : at + 100]]
        await rest("im_open_login_svc/multiaccount_import", AccountList=users)
    friends = [{"To_Account": user, "AddSource": "AddSource_Type_REST"} for user in ids]
    await rest("sns/friend_import", From_Account=amy_id, AddFriendItem=friends)
    for at in range(0, 230, 20):
        followed = [{"To_Account": user} for user in ids[at : min(at + 20, 230)]]
        await rest("follow/follow_add", From_Account=amy_id, FollowItem=followed)

    for _ in range(2):
        amy = await sign_in(amy_id)
        event = await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: len(data) == len(ids))
        assert [friend["userID"] for friend in event.data] == ids
        assert [friend["userID"] for friend in await amy.call("getFriendList")] == ids
        found: list[str] = []
        cursor = ""
        while True:
            page = await amy.call("getMyFollowingList", cursor)
            found += [user["userID"] for user in page["resultList"]]
            cursor = page["nextCursor"]
            if not cursor:
                break
        assert sorted(found) == sorted(ids[:230])
        await amy.destroy()
