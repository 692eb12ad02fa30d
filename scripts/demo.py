"""Two users of an official kit beside each other, against a fresh server with data to begin with: ``make demo``.

Installs the kit from npm on this machine, builds examples/page with it, starts a server in development mode
with a data directory that goes with it, and serves the page. Ends with Ctrl-C.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sodam import usersig

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
APP = 1400000001
USERS = ("alice", "bob")
APPLY = f"""
[[app]]
sdkappid = {APP}
[app.settings.messages]
cloud_search = true
[app.settings.groups]
work_receipts = true
public_receipts = true
meeting_receipts = true
"""


class Page(SimpleHTTPRequestHandler):
    """The built page, and beside it what it asks: where the server is, and who signs in."""

    config: dict[str, Any]

    def do_GET(self) -> None:
        if self.path.partition("?")[0] == "/config.json":
            body = json.dumps(self.config).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal is for the addresses."""


def build(kit: Path) -> None:
    """Install and build the page where that was not done since its sources changed."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    if shutil.which("npm", path=environment["PATH"]) is None:
        raise SystemExit("demo: npm is missing: install Node.js 20 or later")
    lock, stamp = kit / "package-lock.json", kit / "node_modules/.installed"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        print(f"Installing the kit from npm into {kit.relative_to(ROOT)}/node_modules ...", flush=True)
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=kit, env=environment, check=True
        )
        stamp.write_bytes(lock.read_bytes())
    sources = [*kit.glob("*.*"), *(kit / "src").rglob("*"), *(kit.parent / "page").rglob("*"), stamp]
    built = kit / "dist/chat.html"
    if not built.exists() or built.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        print("Building the page ...", flush=True)
        subprocess.run(["npm", "run", "--silent", "build"], cwd=kit, env=environment, check=True)


def start(port: int, data: str, key: str, password: str, page: str) -> tuple[subprocess.Popen[str], str]:
    """The server, ready, and its address, which its banner says: with port 0 it takes a free one."""
    wanted = Path(data) / "apps.toml"
    wanted.write_text(APPLY)
    settings = {
        "SODAM_PORT": str(port),
        "SODAM_DATA_DIR": f"{data}/data",
        "SODAM_APPLY": str(wanted),
        "SODAM_ROOT_PASSWORD": password,
        "SODAM_BOOTSTRAP_APP": f"{APP}:{key}:Flagship",
        "SODAM_LOG_LEVEL": "warning",
        "SODAM_DEMO_PAGE": page,
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("SODAM_")}
    command = [BIN / "sodam", "serve", "--dev"]
    server = subprocess.Popen(command, env=others | settings, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if line.split()[:1] == ["address"]:
            return server, line.split()[1]
    server.kill()
    raise SystemExit(f"demo: the server did not start; is port {port} free? (make demo ARGS='--port 9000')")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8080, help="of the server; 0: a free one")
    parser.add_argument("--page-port", type=int, default=8090, help="of the page; 0: a free one")
    parser.add_argument("--kit", default="web-chat", help="a directory of examples/")
    wanted = parser.parse_args()
    began = time.monotonic()
    kit = ROOT / "examples" / wanted.kit
    build(kit)
    site = ThreadingHTTPServer(("127.0.0.1", wanted.page_port), functools.partial(Page, directory=str(kit / "dist")))
    page = f"http://127.0.0.1:{site.server_port}/"
    key, password = secrets.token_hex(32), secrets.token_urlsafe(12) + "-1aA"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="sodam-demo-") as data:
        server, url = start(wanted.port, data, key, password, page)
        try:
            now = int(time.time())
            signed = {user: usersig.generate(APP, key, user, now=now) for user in USERS}
            Page.config = {"server": url, "sdkAppID": APP, "users": signed}
            threading.Thread(target=site.serve_forever, daemon=True).start()
            print(f"\n  the chat   {page}    ({time.monotonic() - began:.1f} s)")
            print(f"  console    {url}/console    root / {password}")
            print("\nBoth are on this machine only. Ctrl-C ends them and removes their data.", flush=True)
            server.wait()
        except KeyboardInterrupt:
            print()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
