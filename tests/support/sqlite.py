"""SQLite databases with all tables and no rows: copied, since migrations take 50 ms and a thousand tests want one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sodam.storage import open_database
from sodam.storage.open import DATABASE_FILE
from sodam.storage.private import FILE, make_directory
from tests.support.postgres import run_apart


@cache
def _template() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="sodam-template-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)

    async def migrate() -> None:
        await (await open_database(None, directory)).close()

    run_apart(migrate())
    return directory / DATABASE_FILE


def prepare(directory: Path) -> Path:
    """Put such a database where a server with this data directory looks for its own; the directory."""
    make_directory(directory)
    made = directory / DATABASE_FILE
    if not made.exists():
        shutil.copyfile(_template(), made)
        made.chmod(FILE)
    return directory
