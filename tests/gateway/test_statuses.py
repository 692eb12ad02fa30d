"""User status on two nodes: seen from the other one, also when a node is killed; and what one session may follow."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sodam.presence.statuses import MAX_FOLLOWED
from sodam.wire.close_codes import CloseCode
from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import SDKAPPID, ServerFactory, ServerProcess
from tests.support.waiting import eventually

UserId = Callable[[str], str]
SUBSCRIBE, UNSUBSCRIBE = "im_open_status.ws_status_subscribe", "im_open_status.ws_status_unsubscribe"
GET, SET = "im_open_status.ws_get_user_status", "im_open_status.ws_set_custom_status"


def file_of(tmp_path: Path) -> dict[str, str]:
    """Settings of a server whose app has user status on."""
    path = tmp_path / "apps.toml"
    path.write_text(f"[[app]]\nsdkappid = {SDKAPPID}\n[app.settings.accounts]\nuser_status = true\n")
    return {"SODAM_APPLY": str(path)}


def heard(client: RawClient, user: str) -> list[tuple[int, str]]:
    items = [item for push in client.pushes for item in push.get("UserStatusList", ())]
    return [(i["Status"], base64.b64decode(i["CustomStatus"]).decode()) for i in items if i["To_Account"] == user]


NATS = pytest.mark.parametrize("nats", [True, False], ids=["nats", "postgres alone"])


@NATS
async def test_on_two_nodes(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path, nats: bool
) -> None:
    await offline_after(server_factory, sign_in, user_id, tmp_path, nats)


@pytest.mark.long
@NATS
async def test_a_killed_node_within_a_second(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path, nats: bool
) -> None:
    """By greetings alone nodes miss each other after 2.5 s at the earliest. Without a clock: tests/unit."""
    took = await offline_after(server_factory, sign_in, user_id, tmp_path, nats)
    print(f"{'NATS' if nats else 'PostgreSQL alone'}: a killed node's user was offline after {took:.2f} s")
    assert took < 1


async def offline_after(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path, nats: bool
) -> float:
    """Statuses of a user on the other node; seconds from that node's end until the last one."""
    one, two = server_factory("postgres", nodes=2, nats=nats, env=file_of(tmp_path)).nodes
    amy, bob_id = await sign_in(one, user_id("amy")), user_id("bob")
    await one.rest("im_open_login_svc/account_import", {"UserID": bob_id})
    assert (await amy.call(SUBSCRIBE, {"To_Account": [bob_id]}))["ErrorList"] == []
    async with RawClient(two, bob_id) as bob:
        await bob.sign_in()
        await amy.wait(lambda: heard(amy, bob_id) == [(1, "")])
        await bob.call(SET, {"CustomStatus": "here"})
        await amy.wait(lambda: heard(amy, bob_id)[1:] == [(1, "here")])
        got = await amy.call(GET, {"To_Account": [bob_id]})
        assert [(i["To_Account"], i["Status"]) for i in got["UserStatusList"]] == [(bob_id, 1)]
        two.kill()
        begin = time.monotonic()
        await amy.wait(lambda: heard(amy, bob_id)[2:] == [(2, "here")], timeout=60)
        return time.monotonic() - begin


async def test_limits(server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path) -> None:
    server = server_factory(env=file_of(tmp_path))
    amy = await sign_in(server, user_id("amy"))
    others = [user_id(f"u{n}") for n in range(MAX_FOLLOWED + 1)]
    for at in range(0, len(others), 100):
        await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": others[at : at + 100]})
        await amy.call(SUBSCRIBE, {"To_Account": others[at : at + 100]})
    for body, code in (({"To_Account": others[:101]}, 90011), ({"To_Account": "x"}, 60003)):
        with pytest.raises(Refused) as refused:
            await amy.call(SUBSCRIBE, body)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        await amy.call(SET, {"CustomStatus": "é" * 51})
    assert refused.value.code == 60003
    await sign_in(server, others[0])  # it made way for the last one
    await sign_in(server, others[-1])
    await amy.wait(lambda: heard(amy, others[-1]) == [(1, "")])
    assert heard(amy, others[0]) == []
    await amy.call(UNSUBSCRIBE, {"UnsubscribeAll": 1})
    await sign_in(server, others[1])
    await amy.call(SUBSCRIBE, {"To_Account": [others[2]]})
    await sign_in(server, others[2])
    await amy.wait(lambda: heard(amy, others[2]) == [(1, "")])
    assert heard(amy, others[1]) == []


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same node", "other node"])
async def test_a_device_that_comes_back_while_its_old_socket_hangs(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId, tmp_path: Path, elsewhere: bool
) -> None:
    """It is the same device: nobody hears of a change, it is not told to leave, and there is one of it."""
    nodes = server_factory("postgres", nodes=2, env=file_of(tmp_path)).nodes
    bob, phone = await sign_in(nodes[0], user_id("bob")), await sign_in(nodes[0], user_id("amy"), platform=2)
    amy_id = phone.user_id
    await bob.call(SUBSCRIBE, {"To_Account": [amy_id]})
    old = await sign_in(nodes[0], amy_id)
    for _ in range(2):  # back and forth
        again = RawClient(nodes[1] if elsewhere and old.server is nodes[0] else nodes[0], amy_id)
        again.head, again.cookie = dict(old.head), old.cookie
        await again.open()
        await again.sign_in()
        await old.wait(lambda old=old: old.closed)  # type: ignore[misc]
        assert old.close_code == CloseCode.RECONNECTED.value[0]
        assert old.notices("KickoutMsgNotify") == []
        assert again.head["status_instid"] == old.head["status_instid"]
        old = again
    await old.call(SET, {"CustomStatus": "here"})
    await bob.wait(lambda: "here" in [text for _, text in heard(bob, amy_id)])
    assert heard(bob, amy_id) == [(1, "here")]
    asked = {"To_Account": [amy_id], "IsNeedDetail": 1, "IsReturnInstid": 1}
    for node in nodes:

        async def there(node: ServerProcess = node) -> list[int]:
            (found,) = (await node.rest("openim/query_online_status", asked))["QueryResult"]
            return sorted(one["Instid"] for one in found.get("Detail", ()))

        await eventually(there, sorted(one.head["status_instid"] for one in (phone, old)))
    await bob.send_text(amy_id, "for both")
    for client in (old, phone):
        await client.wait(lambda client=client: client.texts() == ["for both"])  # type: ignore[misc]
        assert client.notices("KickoutMsgNotify") == []
    await old.close()
