"""``sodam dev``: what only a server in development mode does."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request

from sodam.cli.common import CliError


def clock(advance: str = "", *, url: str = "http://127.0.0.1:8080") -> int:
    """Show the clock of a server that runs with --dev, or move it forward: 90s, 5m, 3h, 8d.

    Retention, the recall window, mutes, bans, expiries of signatures, plans and sessions go by it, and what is due then
    is done at once.
    """
    body = json.dumps({"Advance": advance}).encode() if advance else None
    request = urllib.request.Request(f"{url.rstrip('/')}/dev/clock", body)  # noqa: S310 - the operator's own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:
        if error.code == 404:
            raise CliError("this server does not run in development mode (sodam serve --dev)") from None
        raise CliError(error.read().decode()[:300].strip()) from None
    except OSError as error:
        raise CliError(f"no server answers at {url}: {error}") from None
    return 0
