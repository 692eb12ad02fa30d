"""``sodam listen``: webhooks live on the terminal, and on to a URL of this machine."""

from __future__ import annotations

import json
import socket
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from cyclopts import Parameter

from sodam import __version__
from sodam.apps.webhooks import check_url
from sodam.cli.common import EXIT_OK, CliError
from sodam.http import AsgiApp
from sodam.outbound import Outbound, OutboundError

_AGREED: Final = b'{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}'
_SECONDS: Final = 2.0
_MOST: Final = 8 * 1024 * 1024
_PASSED_ON: Final = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


def application(forward: str) -> AsgiApp:
    """Prints every request and answers that all is well, or as ``forward`` answers."""
    outbound = Outbound(private=True, user_agent=f"Sodam-listen/{__version__}")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while len(body) < _MOST:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        print(line(body, scope["query_string"]), flush=True)
        status, answer = 200, _AGREED
        if forward:
            status, answer = await _pass_on(scope, body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _pass_on(scope: Any, body: bytes) -> tuple[int, bytes]:
        query = scope["query_string"].decode("latin-1")
        url = forward + ("&" if "?" in forward else "?") + query
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers = [(name, given[name]) for name in _PASSED_ON if name in given]
        try:
            answer = await outbound.post(url, body, headers, seconds=_SECONDS)
        except OutboundError as error:
            print(f"  not passed on: {error}", flush=True)
            return 502, b""
        print(f"  {answer.status} {answer.body[:300].decode(errors='replace')}", flush=True)
        return answer.status, answer.body

    return app


def line(body: bytes, query: bytes = b"") -> str:
    """A request as one line: its command, and the rest of its body. Of pushes the address alone says the command."""
    try:
        fields = json.loads(body)
        (addressed,) = parse_qs(query.decode("latin-1")).get("CallbackCommand", ["?"])[:1]
        command = fields.pop("CallbackCommand", addressed)
        return f"{command} {json.dumps(fields, ensure_ascii=False)}"
    except (ValueError, AttributeError):
        return f"? {body[:300]!r}"


def listen(
    *,
    port: Annotated[int, Parameter(help="Port to listen on; 0 takes a free one.")] = 9090,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    forward: Annotated[str, Parameter(help="URL that every request is passed on to, and that answers it.")] = "",
) -> int:
    """Print the webhooks that an app's callback URL gets, as they come: set that URL to the one shown.

    Every request is answered that all is well, or as the URL of --forward answers it.
    """
    import uvicorn

    if forward and (wrong := check_url(forward)):
        raise CliError(f"--forward {wrong}")
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise CliError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    print(f"Callback URL: http://{host}:{listening.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(application(forward), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])
    return EXIT_OK
