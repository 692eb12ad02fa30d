"""What must not be in any file: a machine's paths, a registry's address. Whoever builds may use a mirror."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from tests.support import tree

# Written in parts, so that this file does not find itself.
HOSTS: Final = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "npm" + "mirror.com")
HOSTS_PATTERN: Final = re.compile("|".join(map(re.escape, HOSTS)) + r"|\b(deb|security|ftp)\.(debian|ubuntu)\.")
PATHS_PATTERN: Final = re.compile(r"(?<![\w.$}>)*-])/(work|root|home/\w+|Users/\w+|tmp/team)/")


def _hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in tree.texts()
        if path != Path("LICENSE")
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_is_named() -> None:
    found = _hits(HOSTS_PATTERN)
    assert not found, "\n".join(found)


def test_no_machine_is_named() -> None:
    found = _hits(PATHS_PATTERN)
    assert not found, "\n".join(found)


def test_patterns_find() -> None:
    assert HOSTS_PATTERN.search("https://files.python" + "hosted.org/x")
    assert PATHS_PATTERN.search("see /" + "work/main")
    assert not PATHS_PATTERN.search("src/" + "work/main")


def test_python_locks_have_hashes_and_no_addresses() -> None:
    locks = sorted(tree.ROOT.glob("requirements*.lock"))
    assert [lock.name for lock in locks] == [
        "requirements-build.lock",
        "requirements-deploy.lock",
        "requirements-dev.lock",
        "requirements.lock",
    ]
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "--index" not in text, lock.name
        assert "--find-links" not in text, lock.name
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", block), f"{lock.name}: {block[:80]}"
            assert "--hash=sha256:" in block, f"{lock.name}: {block[:80]}"


def test_runtime_lock_is_part_of_the_others() -> None:
    """A server is tested with what it runs with."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+==[^ ;\\]+)", (tree.ROOT / name).read_text(), re.MULTILINE))

    runtime = pins("requirements.lock")
    assert runtime
    assert runtime <= pins("requirements-build.lock")
    assert pins("requirements-build.lock") <= pins("requirements-dev.lock")


def test_node_locks_have_no_addresses() -> None:
    for path, text in tree.texts():
        if path.name == "package-lock.json":
            for name, entry in json.loads(text)["packages"].items():
                assert "resolved" not in entry, f"{path}: {name}"
                assert not name or entry.get("link") or "integrity" in entry, f"{path}: {name} has no hash"
