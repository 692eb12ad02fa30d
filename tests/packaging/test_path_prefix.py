"""Everything but the console under a path of a host that has other things, too: a proxy that takes the path off."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from sodam_client import Client
from tests.packaging.test_proxies import nginx_of, started
from tests.support import tools
from tests.support.ports import Reserved
from tests.support.server import ServerFactory

CONF = """map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
server {{
    listen 127.0.0.1:{port};
    client_max_body_size 128m;
    proxy_request_buffering off;
    location /chat/ {{
        proxy_pass {node}/;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_read_timeout 600s;
    }}
    location / {{ return 404; }}
}}
"""


@pytest.mark.skipif(not tools.find("nginx"), reason="nginx is not installed")
async def test_a_path_prefix(server_factory: ServerFactory, tmp_path: Path) -> None:
    reserved = Reserved()
    public = f"http://127.0.0.1:{reserved.number}/chat"
    server = server_factory(env={"SODAM_MEDIA_ADDRESS": public})
    command = nginx_of(tmp_path, CONF.format(port=reserved.number, node=server.url))
    asked = server.query()
    with started(command, tmp_path, reserved.number):
        sockets = public.replace("http", "ws", 1)
        async with (
            httpx.AsyncClient(timeout=60) as http,
            Client(sockets, server.sdkappid, "ann", server.usersig("ann")) as ann,
            Client(sockets, server.sdkappid, "bob", server.usersig("bob")) as bob,
        ):
            await ann.send_text("bob", "through a path")
            async for message in bob.messages():
                assert (message.sender, message.text) == ("ann", "through a path")
                break
            body = {"To_Account": ["ann"]}
            found = (await http.post(f"{public}/v4/openim/query_online_status", params=asked, json=body)).json()
            assert [one["Status"] for one in found["QueryResult"]] == ["Online"]
            assert "RequestId" in (await http.post(f"{public}/", content=b"{}")).text, "the cloud API"
            file = os.urandom(100_000)
            named = asked | {"kind": "file", "file_name": "a.bin"}
            uploaded = (await http.post(f"{public}/media/upload", params=named, content=file)).json()
            assert uploaded["URL"].startswith(f"{public}/media/"), uploaded
            got = await http.get(uploaded["URL"])
            assert (got.status_code, got.content == file) == (200, True)
            assert (await http.get(f"{public}/connect.js")).status_code == 200
            # The console names its own paths from the root of the host: docs/operations.md says so.
            page = (await http.get(f"{public}/console/")).text
            assert 'src="/console/' in page
