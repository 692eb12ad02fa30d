"""No circle of imports, in the server and in the console: what is below never knows what stands on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.support import tree

_FROM = re.compile(r"""^(?:import|export)\s(?!type\b)[^;]*?from\s+["'](\.[^"']+)["']""", re.MULTILINE)


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The strongly connected parts of more than one node (Tarjan), each sorted."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            part = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(part) > 1:
                found.append(sorted(part))

    for node in graph:
        if node not in order:
            visit(node)
    return found


def _python() -> dict[str, set[str]]:
    source = Path("src")
    texts = {
        ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): text
        for path, text in tree.python()
        if path.is_relative_to(source)
    }
    graph: dict[str, set[str]] = {}
    for name, text in texts.items():
        uses: set[str] = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                uses.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                modules = inner & texts.keys()
                uses |= modules
                if modules != inner:  # it takes something of the package itself
                    uses.add(node.module)
        graph[name] = (uses & texts.keys()) - {name}
    # A package's front page names its own files for others; whoever is inside does not ask it.
    return {name: {use for use in uses if not name.startswith(use + ".")} for name, uses in graph.items()}


def _typescript() -> dict[str, set[str]]:
    files = {path: text for path, text in tree.texts() if path.parts[:2] == ("web", "src") and path.suffix[:3] == ".ts"}
    known = {(tree.ROOT / path).resolve(): str(path) for path in files}
    graph: dict[str, set[str]] = {}
    for path, text in files.items():
        base = (tree.ROOT / path).parent
        uses = set()
        for target in _FROM.findall(text):
            stem = (base / target).resolve()
            for candidate in (stem, *(stem.with_name(stem.name + end) for end in (".ts", ".tsx")), stem / "index.ts"):
                if candidate in known:
                    uses.add(known[candidate])
        graph[str(path)] = uses - {str(path)}
    return graph


def test_circles_are_found() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["a"]}) == [["b", "c"]]
    assert circles({"a": ["b"], "b": []}) == []


def test_the_server_has_no_circle() -> None:
    graph = _python()
    assert len(graph) > 200
    assert circles(graph) == []


def test_the_console_has_no_circle() -> None:
    graph = _typescript()
    assert len(graph) > 100
    assert circles(graph) == []
