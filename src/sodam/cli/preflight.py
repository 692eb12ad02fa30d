"""Checks before anything is opened, so that a machine that cannot serve says why in one line."""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import resource
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog

from sodam.cli.common import CliError, place_of
from sodam.settings import Settings
from sodam.storage import holds_data, private
from sodam.storage.database import StorageError

log = structlog.get_logger(__name__)
# Browsers and phones hold one connection each; below this a server is only good for trying out.
FEW_FILES: Final = 4096
# Names that documentation uses for those of others (RFC 2606), and what people leave standing in samples.
_PLACEHOLDER: Final = re.compile(
    r"(^|\.)(example(\.(com|net|org))?|invalid|test)$|^(your|my)[-.]|[<>{}$]|changeme", re.I
)


def prepare_data_dir(path: Path) -> None:
    """Create the data directory (only its owner may enter) and prove that files can be written. Raises CliError."""
    try:
        private.make_directory(path)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise CliError(f"the data directory {path} cannot be written: {error.strerror}") from None
    if problem := private.exposed(path):
        log.warning("the data directory is open to others", problem=problem)


async def finds_data(settings: Settings) -> bool:
    """Whether there is data from an earlier start; makes nothing.

    Raises CliError where there is none and the settings want some, StorageError where they do and PostgreSQL does not
    answer. Where they do not, whoever opens the database says what is wrong with it.
    """
    try:
        found = await holds_data(settings.database_url, settings.data_dir)
    except (StorageError, OSError):
        if settings.require_data and settings.database_url is not None:
            raise
        return True
    if settings.require_data and not found:
        missing = "has none" if settings.database_url is not None else "does not exist"
        raise CliError(
            f"there is no data, and SODAM_REQUIRE_DATA is on: {place_of(settings)} {missing}; "
            "is the volume mounted, the address right? For a first start switch the setting off"
        )
    return found


def listen_problem(host: str, port: int, error: OSError) -> str:
    """Why listening failed, in one line with the cure."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop what uses it or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs more rights; choose one above 1023 with --port"
    return f"cannot listen on {host} port {port}: {os.strerror(error.errno) if error.errno else error}"


def address_problem(address: str) -> str:
    """Why clients elsewhere cannot reach the address of files; empty when nothing speaks against it.

    Messages go over the connection that a client opened itself, pictures to this address: text works, pictures do not.
    """
    host = urlsplit(address).hostname or ""
    if _PLACEHOLDER.search(host):
        return f"{host} is a placeholder: put the name there that clients use"
    if host == "localhost" or host.endswith(".localhost"):
        return f"{host} is every client's own machine"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "" if "." in host or not host else f"{host} is a name that only the local network or a container knows"
    if number.is_loopback or number.is_unspecified:
        return f"{host} is every client's own machine"
    if number.is_private or number.is_link_local:
        return f"{host} is an address of a private network: clients outside it cannot upload or download"
    return ""


def raise_file_limit() -> int:
    """Lift the soft limit of open files to the hard one; the limit that holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # macOS reports "unlimited" and refuses it
            return soft
    return hard
