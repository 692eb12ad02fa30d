"""``sodam doctor``: is this machine, with these settings, fit to serve?"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sodam.cli import checks
from sodam.cli.common import EXIT_OK, EXIT_PROBLEM, settings_flags, settings_from, table
from sodam.settings import Settings
from sodam.storage.open import DATABASE_FILE

if TYPE_CHECKING:
    DoctorFlags = Any
else:
    DoctorFlags = settings_flags("data_dir", "database_url", "nats_url", "media_address")


async def examine(settings: Settings) -> list[checks.Check]:
    """All checks, in the order of the report."""
    found = [checks.python(), checks.files(), checks.disk(settings.data_dir), checks.rights(settings.data_dir)]
    if settings.database_url is None:
        found.append(checks.sqlite(settings.data_dir / DATABASE_FILE))
    else:
        found.append(await checks.postgres(settings.database_url))
    found.append(await checks.bus(settings.nats_url))
    found.append(checks.address(settings.media_address))
    found.append(checks.clock())
    return found


def doctor(*, flags: Annotated[DoctorFlags, Parameter(name="*")] = None) -> int:
    """Check file limit, disk, rights, database, bus, clock, files' address. Exit code 1 when something needs cure."""
    found = asyncio.run(examine(settings_from(flags, dict(os.environ))))
    print(table(("check", "state", "what was found"), [(check.name, check.state, check.detail) for check in found]))
    return EXIT_PROBLEM if any(check.state == "fail" for check in found) else EXIT_OK
