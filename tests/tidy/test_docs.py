"""Documentation that is generated is current, and links lead somewhere."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from sodam.cli import reference
from sodam.cli import settings as settings_page
from tests.support import tree


def _compatibility() -> str:
    module = runpy.run_path(str(tree.ROOT / "scripts/compatibility.py"))
    return str(module["page"]())


GENERATED: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page.reference,
    "docs/reference/rest.md": reference.PAGES["rest"],
    "docs/reference/client.md": reference.PAGES["client"],
    "docs/reference/errors.md": reference.PAGES["errors"],
    "docs/reference/app-settings.md": reference.PAGES["settings"],
    "docs/compatibility.md": _compatibility,
}
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_generated_pages_are_current(name: str) -> None:
    """A page that was never generated is not held against a checkout; an old one is."""
    path = tree.ROOT / name
    if path.exists():
        assert path.read_text(encoding="utf-8") == GENERATED[name](), f"{name} is old; run: make docs"


def test_relative_links_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path, text in tree.texts()
        if path.suffix == ".md"
        for target in LINK.findall(text)
        if not (tree.ROOT / path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_every_document_is_in_its_index(folder: str) -> None:
    index = (tree.ROOT / folder / "README.md").read_text(encoding="utf-8")
    pages = [path.name for path in tree.tracked() if path.parent == Path(folder) and path.suffix == ".md"]
    missing = [name for name in pages if name != "README.md" and f"({name})" not in index and f"`{name}`" not in index]
    assert not missing, f"{folder}/README.md does not link {missing}"
