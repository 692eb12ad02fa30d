"""The dashboard and the alert rules in deploy/: their PromQL is PromQL, and names what the server shows."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

from sodam.errors import Code
from sodam.gateway import table as client_table
from sodam.rest import table as rest_table
from sodam.server import build
from sodam.settings import Settings
from tests.support import tools, tree

HERE: Final = tree.ROOT / "deploy/monitoring"
FROM_PROMETHEUS: Final = {"job", "instance"}
"""Labels that Prometheus adds."""
Labels = dict[str, set[str]]
"""By name of a sample, the labels that it may have."""


def expressions() -> dict[str, str]:
    rules = yaml.safe_load((HERE / "alerts.yaml").read_text())
    found = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    for panel in json.loads((HERE / "dashboard.json").read_text())["panels"]:
        for target in panel.get("targets", ()):
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


def filled_in(expression: str) -> str:
    """As Grafana sends it."""
    return expression.replace("$instance", ".*").replace("$job", "sodam")


def nodes(node: Any) -> Iterator[Any]:
    yield node
    inner = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "param", "vector_selector")]
    for child in [*inner, *getattr(node, "args", [])]:
        if child is not None:
            yield from nodes(child)


async def shown(directory: Path) -> Labels:
    """What /metrics shows once everything has happened."""
    server = await build(Settings(data_dir=directory, sqlite_cache=1))
    try:
        server.metrics.rest("openim/sendmsg", 0, 0.1)
        server.services.live.seconds.observe(0.1)
        server.services.webhooks.seconds["after", "delivered"].observe(0.1)
        server.services.push.sending.seconds["fcm", "ok"].observe(0.1)
        server.services.loops.start("work", server.db.ping, every=60)
        found: Labels = {"up": set()}
        for family in text_string_to_metric_families(server.metrics.text().decode()):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
        return found
    finally:
        await server.close()


async def test_what_they_ask_for_is_there(tmp_path: Path) -> None:
    known = await shown(tmp_path)
    asked = expressions()
    assert len(asked) > 40
    for where, expression in asked.items():
        tree_of = promql_parser.parse(filled_in(expression))
        labels: set[str] = set(FROM_PROMETHEUS)
        wanted: set[str] = set()
        for node in nodes(tree_of):
            if isinstance(node, promql_parser.VectorSelector):
                assert node.name in known, f"{where}: {node.name} is not shown"
                labels |= known[node.name]
                wanted |= {matcher.name for matcher in node.matchers.matchers}
            elif isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
                wanted |= set(node.modifier.labels)
        assert wanted <= labels, f"{where}: no metric has {wanted - labels}"


def test_a_histogram_is_asked_by_its_buckets() -> None:
    """A quantile over something that lost ``le``, or of a counter, is silently nothing."""
    for where, expression in expressions().items():
        for node in nodes(promql_parser.parse(filled_in(expression))):
            if isinstance(node, promql_parser.Call) and node.func.name == "histogram_quantile":
                inner = list(nodes(node.args[1]))
                assert "le" in inner[0].modifier.labels, where
                assert all(n.name.endswith("_bucket") for n in inner if isinstance(n, promql_parser.VectorSelector))


def test_the_names_of_outcomes_are_those_of_the_code() -> None:
    rules = expressions()
    codes = set(re.search(r'code=~"([\d|]+)"', rules["SodamInternalErrors"])[1].split("|"))  # type: ignore[index]
    assert codes <= {str(int(code)) for code in Code}
    commands = [*rest_table.commands(), *client_table.commands().values()]
    missing = {str(int(command.service.internal)) for command in commands} - codes
    assert not missing, f"codes of a service's own failure that raise no alarm: {missing}"


def test_the_files_are_whole() -> None:
    dashboard = json.loads((HERE / "dashboard.json").read_text())
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard["panels"]}
    assert len(places) == len(ids), "no panel hides another"
    rules = [rule for group in yaml.safe_load((HERE / "alerts.yaml").read_text())["groups"] for rule in group["rules"]]
    for rule in rules:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "cure"}, rule["alert"]
    scrape = yaml.safe_load((HERE / "prometheus.yaml").read_text())
    assert scrape["scrape_configs"][0]["job_name"] == "sodam"


@tools.needs("promtool", "a part of Prometheus, which no package index has")
def test_promtool_takes_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", str(HERE / "alerts.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
