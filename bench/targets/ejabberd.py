"""The peer: ejabberd as Debian packages it, with everything that it stores in PostgreSQL.

It runs from a folder of its own: a private node name, a private epmd, private ports. The installed service is neither
used nor changed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.plan import Address
from bench.processes import accepts, answers_http, free_port, give_to, running, unprivileged_user, wait_until
from bench.targets import postgres
from bench.targets.base import Started
from bench.targets.ejabberd_config import configuration

_SCHEMA = Path("/usr/share/ejabberd/sql/pg.sql")
_ERLANG = Path("/usr/lib/erlang/lib")
_PACKAGES = ("ejabberd", "erlang-p1-pgsql")
_CONTROL = Path("/usr/sbin/ejabberdctl")
_READY = "/api/registered_users?host=localhost"  # needs the database; its own status page is there before that
_BEAM_OPTIONS = ["+K", "true", "+P", "250000", "-smp", "auto"]  # as the package's own control script starts it


def _library() -> str:
    """Where the package keeps its modules: the control script knows."""
    for line in _CONTROL.read_text().splitlines():
        if line.startswith("ERL_LIBS="):
            return line.partition("=")[2].strip("'\"")
    return "/usr/lib"


class Ejabberd:
    """ejabberd with mod_mam, rosters and accounts on PostgreSQL, a pool of 10 connections."""

    name = "ejabberd"

    def unavailable(self) -> str:
        """Installs the packages when we are root and one is missing."""
        if postgres.unavailable():
            return postgres.unavailable()
        if self._missing() and os.geteuid() == 0:
            self._install()
        missing = self._missing()
        return f"{missing} is not installed: run apt-get install {' '.join(_PACKAGES)} as root" if missing else ""

    @staticmethod
    def _missing() -> str:
        """The first of the packages that is not there; the second is only recommended by the first."""
        if not _CONTROL.exists() or not _SCHEMA.exists():
            return _PACKAGES[0]
        return "" if any(_ERLANG.glob("p1_pgsql-*")) else _PACKAGES[1]

    def _install(self) -> None:
        print("ejabberd is not complete: installing its packages", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with contextlib.suppress(OSError):
            command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *_PACKAGES]
            subprocess.run(command, env=env, capture_output=True, check=False, timeout=600)

    def version(self) -> str:
        query = ["dpkg-query", "-W", "-f", "${Version}", "ejabberd"]
        packaged = subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip()
        return f"ejabberd: {packaged or 'not installed'}, {postgres.version()}"

    @contextlib.contextmanager
    def start(self, folder: Path, workload: str) -> Iterator[Started]:
        user = unprivileged_user("ejabberd", "nobody")
        port, http_port, epmd_port = free_port(), free_port(), free_port()
        home = give_to(folder / "ejabberd", user)
        with postgres.postgres(folder) as database:
            database.run_script(_SCHEMA)
            (folder / "ejabberd.yml").write_text(configuration(port, http_port, database.port))
            env = {
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "ERL_LIBS": _library(),
                "ERL_EPMD_PORT": str(epmd_port),
                "ERL_MAX_PORTS": "32000",
                "EJABBERD_CONFIG_PATH": str(folder / "ejabberd.yml"),
                "EJABBERD_LOG_PATH": str(home / "ejabberd.log"),
                "ERL_CRASH_DUMP_BYTES": "0",
            }
            epmd = ["epmd", "-port", str(epmd_port), "-address", "127.0.0.1"]
            beam = ["erl", "-sname", f"bench{port}@localhost", "-start_epmd", "false", "-noinput", *_BEAM_OPTIONS]
            beam += ["-mnesia", "dir", f'"{home}"', "-s", "ejabberd"]
            log = folder / "ejabberd.out"
            with running(epmd, log, env=env, user=user, cwd=home) as names:
                wait_until(lambda: accepts(epmd_port), names, log)
                with running(beam, log, env=env, user=user, cwd=home) as process:
                    wait_until(lambda: answers_http(http_port, _READY) and accepts(port), process, log)
                    address = Address("ejabberd", "127.0.0.1", port, http_port)
                    yield Started(address, (process.pid, names.pid), (database.pid,))
