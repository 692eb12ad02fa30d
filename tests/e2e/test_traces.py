"""A collector of OpenTelemetry gets a call's hops from real processes, in the protocol of the official exporter."""

from __future__ import annotations

import asyncio

import httpx

from tests.gateway.raw_client import RawClient
from tests.support import collector
from tests.support.receiver import Receiver
from tests.support.server import SDKAPPID, ServerFactory

TRACE, CALLER = "ab" * 16, "cd" * 8
SAID = "a word that stays here"


async def test_a_message_from_its_caller_to_the_other_node(server_factory: ServerFactory) -> None:
    collector.needed()
    async with Receiver() as gathered:
        one = server_factory("postgres", 2, True, {"SODAM_TRACES_URL": gathered.url}, fresh=True)
        accounts = {"AccountList": [{"UserID": "ann"}, {"UserID": "ben"}]}
        await one.rest("im_open_login_svc/multiaccount_import", accounts)
        async with RawClient(one.nodes[1], "ben") as phone:
            await phone.sign_in()
            query = {"sdkappid": str(SDKAPPID), "identifier": "administrator", "usersig": one.usersig("administrator")}
            body = {"From_Account": "ann", "To_Account": "ben", "MsgRandom": 5}
            said = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": SAID}}]
            # Once it has heard anything, hints reach it: until then a message may come by its next look instead.
            warm = body | {"MsgRandom": 4, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "before"}}]}
            assert (await one.rest("openim/sendmsg", warm))["ErrorCode"] == 0
            await phone.wait(lambda: "before" in phone.texts())
            async with httpx.AsyncClient(trust_env=False, headers={"traceparent": f"00-{TRACE}-{CALLER}-01"}) as http:
                for content in (body | {"MsgBody": said}, body | {"MsgBody": []}):
                    await http.post(f"{one.url}/v4/openim/sendmsg", params=query, json=content)
            await phone.wait(lambda: SAID in phone.texts())
        for node in one.nodes:
            await asyncio.to_thread(node.stop)  # what waits is sent
        found = [span for span in collector.spans(gathered) if span.trace.hex() == TRACE]
        calls = [span for span in found if span.name == "rest openim/sendmsg"]
        whole, refused = sorted(calls, key=lambda span: span.failed)
        assert {span.parent.hex() for span in (whole, refused)} == {CALLER}, "both belong to the caller's trace"
        assert (whole.attributes, whole.failed, whole.kind) == ({"sodam.code": 0}, False, 2)
        assert refused.attributes["sodam.code"] > 0
        (commit,) = [span for span in found if span.name == "commit"]
        assert (commit.parent, commit.attributes) == (whole.id, {"sodam.messages": 1})
        hints = {span.id: span.parent for span in found if span.name == "hint"}
        assert set(hints.values()) == {whole.id}, "the other node was told on behalf of the call"
        assert {span.parent for span in found if span.name == "fan-out"} & hints.keys()
        assert {span.service for span in found} == {"sodam"}
        told = b"".join(map(collector.raw, gathered.got))
        assert SAID.encode() not in told
