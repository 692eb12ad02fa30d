"""A server whose ``AppSettings`` declares two settings more: run as a program, it prints as JSON where they appear.

The declarations are put into the source of ``sodam.apps.model`` before anything imports it, as if somebody had written
them there; nothing else is changed.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

DECLARATION = """
    night_quiet: Annotated[
        bool, Setting(section="messages", doc="On: nothing rings at night.", heading="who", plan="Flagship")
    ] = False
    night_hours: Annotated[
        int, Setting(section="friends", doc="Hours of a night.", least=2, most=12)
    ] = 8
"""
BEFORE = "    user_fields: Annotated["
"""The field that the new ones come before."""
APP, TRIAL = 1_400_000_001, 1_400_000_002


def declare() -> None:
    """Make ``sodam.apps.model`` from its source with the declarations in it."""
    spec = importlib.util.find_spec("sodam.apps.model")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text("utf-8")
    assert source.count(BEFORE) == 1
    module = importlib.util.module_from_spec(spec)
    sys.modules["sodam.apps.model"] = module
    exec(compile(source.replace(BEFORE, DECLARATION + BEFORE), spec.origin, "exec"), module.__dict__)


async def tried(url: str | None, directory: Path) -> dict[str, Any]:
    from sodam.access.model import Caller
    from sodam.apps.apply import parse
    from sodam.apps.dump import dump
    from sodam.cloudapi import apply as applying
    from sodam.cloudapi.run import run
    from sodam.cloudapi.table import TABLE
    from sodam.control import ControlError
    from sodam.server import Server, build
    from sodam.settings import Settings

    settings = Settings(data_dir=directory, database_url=url, root_password="Correct-horse-9")

    async def call(server: Server, name: str, **body: Any) -> Any:
        plane, action = server.plane, TABLE.find("im", name)
        assert action is not None
        caller = Caller(user=await plane.users.get_uin(plane.owner_uin), owner_uin=plane.owner_uin, ip="192.0.2.1")
        try:
            answer = await run(plane, action, caller, json.dumps(body).encode(), "id")
        except ControlError as error:
            return {"code": error.code, "message": error.message}
        return json.loads(action_json(answer))

    server = await build(settings)
    found: dict[str, Any] = {}
    try:
        await server.plane.login.start("Correct-horse-9")
        await server.apps.create("one", sdkappid=APP, plan="Flagship")
        await server.apps.create("two", sdkappid=TRIAL, plan="Trial")
        found["before"] = await call(server, "DescribeAbilityConfInfo", SDKAppID=APP)
        found["trial"] = await call(server, "DescribeAbilityConfInfo", SDKAppID=TRIAL)
        found["locked"] = await call(server, "SetAbilityConfInfo", SDKAppID=TRIAL, Version=1, NightQuiet=True)
        found["out of range"] = await call(server, "SetAbilityConfInfo", SDKAppID=APP, Version=1, NightHours=13)
        found["after"] = await call(
            server, "SetAbilityConfInfo", SDKAppID=APP, Version=1, NightQuiet=True, NightHours=12
        )
        found["plans"] = await call(server, "DescribePlans")
    finally:
        await server.close()
    server = await build(settings)
    try:
        app = server.apps.get(APP)
        assert app is not None
        found["stored"] = {name: getattr(app.settings, name) for name in ("night_quiet", "night_hours")}
        text = dump(app, await server.apps.keys(APP), secrets=True)
        found["dump"] = text
        found["applied again"] = await applying.apply(server.plane, parse(text, "dump.toml", {}))
        changed = text.replace("night_quiet = true", "night_quiet = false")
        found["applied"] = await applying.apply(server.plane, parse(changed, "dump.toml", {}))
        again = server.apps.get(APP)
        assert again is not None
        found["put back"] = again.settings.night_quiet  # type: ignore[attr-defined]
    finally:
        await server.close()
    return found


def action_json(answer: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(answer)


def main() -> None:
    directory, url = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    declare()
    from sodam.apps.declared import declared
    from sodam.apps.model import AppSettings
    from sodam.cli.reference import PAGES

    found = asyncio.run(tried(url, directory))
    found["reference"] = PAGES["settings"]()
    found["texts"] = list(declared(AppSettings)["night_quiet"].texts)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
