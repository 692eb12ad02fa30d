"""Files that are nobody else's business: databases, locks, exports. They hold messages, keys and password hashes."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

FILE: Final = 0o600
DIRECTORY: Final = 0o700
_OTHERS: Final = 0o077


def make_directory(path: Path) -> None:
    """Make a directory that only its owner may enter, whatever the umask; one that exists stays as it is.

    Raises OSError.
    """
    if not path.is_dir():
        path.mkdir(mode=DIRECTORY, parents=True, exist_ok=True)
        path.chmod(DIRECTORY)


def opener(path: str, flags: int) -> int:
    """For ``open``: the file is made with mode 0600 and, when it exists with another one, is given it."""
    descriptor = os.open(path, flags, FILE)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) != FILE:
        with contextlib.suppress(PermissionError):  # of another owner, who may let us write all the same
            os.fchmod(descriptor, FILE)
    return descriptor


def shut(path: Path) -> None:
    """Make a file when it is missing; only its owner may read it from now on. Raises OSError."""
    os.close(opener(os.fspath(path), os.O_RDWR | os.O_CREAT))


def exposed(directory: Path) -> str:
    """What is wrong with the rights of a directory, in one line with the cure; empty when nothing is."""
    try:
        mode = stat.S_IMODE(directory.stat().st_mode)
    except OSError:
        return ""
    if not mode & _OTHERS:
        return ""
    return f"others may enter {directory} (mode {mode:04o}); chmod 700 it"
