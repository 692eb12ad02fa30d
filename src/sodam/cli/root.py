"""``sodam root password``: a new password for the console's root account, for who has lost the old one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sodam.access import passwords
from sodam.audit.service import by_server
from sodam.cli.common import STORE_FLAGS, CliError, settings_flags, settings_from
from sodam.cli.offline import with_server
from sodam.server import Server

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")

_LEAST = 8


def password(new: str | None = None, /, *, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """Give root a new password and print it. Its one-time code and any lock are taken away, its sessions end.

    Parameters
    ----------
    new
        The password, at least 8 characters; one is made up when left out, which keeps it out of the shell's history.
    """
    if new is not None and len(new) < _LEAST:
        raise CliError(f"the password must have at least {_LEAST} characters")
    made = new or passwords.generate(20)

    async def work(server: Server) -> None:
        await server.plane.login.start(made)
        audit = server.plane.audit
        with audit.recording(lambda _: by_server(audit.now(), "session:ResetRootPassword", "*")):
            await server.plane.login.reset_root(made)

    with_server(settings_from(flags, dict(os.environ)), work, create=True)
    print(f"root / {made}")
    return 0
