"""What deploy/ holds: units, image, compose file, chart and proxies, judged by rules, and by their own tools where
there are some."""

from __future__ import annotations

import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from sodam.console.http import PATH as CONSOLE
from sodam.development import PATH as DEVELOPMENT
from sodam.history_files.service import PATH as HISTORY
from sodam.rest.media_http import PATH as MEDIA
from sodam.settings import TABLE
from tests.support import tools, tree

DEPLOY: Final = tree.ROOT / "deploy"
CHART: Final = DEPLOY / "helm/sodam"
DRAIN_SECONDS: Final = 20
VARIABLES: Final = {setting.env for setting in TABLE}
OUTSIDE: Final = (
    "/binfo",
    "/im/binfo",
    "/v4/openim/sendmsg",
    f"{MEDIA}/x",
    f"{HISTORY}/x",
    f"{CONSOLE}/",
    "/connect.js",
    "/",
)
INSIDE: Final = ("/metrics", "/livez", "/readyz", "/version", f"{DEVELOPMENT}/clock")


def run(tool: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [tools.find(tool) or tool, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


BY_PIP: Final = "pip install --require-hashes -r requirements-deploy.lock, which make test does where there are wheels"


# systemd


def unit(name: str) -> dict[str, list[str]]:
    """Directives by name, in their order."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_service_may_do_little_and_is_let_finish() -> None:
    service = unit("sodam.service")
    for name in (
        "NoNewPrivileges",
        "PrivateDevices",
        "PrivateTmp",
        "ProtectHome",
        "ProtectKernelTunables",
        "LockPersonality",
    ):
        assert service[name] == ["yes"], name
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["DynamicUser"] == ["yes"]
    assert int(service["TimeoutStopSec"][0]) > DRAIN_SECONDS
    assert service["RestartPreventExitStatus"] == ["2"], "a wrong setting is not mended by starting again"
    assert int(service["LimitNOFILE"][0]) >= 65_536
    assert service["EnvironmentFile"] == ["-/etc/sodam.env"]
    assert service["StateDirectoryMode"] == ["0700"]
    assert set(re.findall(r"SODAM_\w+", service["Environment"][0])) <= VARIABLES
    backup = unit("sodam-backup.service")
    assert service["User"] == backup["User"], "one user, whose files both read"
    assert service["StateDirectory"] == backup["StateDirectory"]
    assert backup["CacheDirectory"] != backup["StateDirectory"], "a backup does not hold the one before"


@tools.needs("systemd-analyze", "a part of systemd, which no package index has")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():  # with something that exists where the server would
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/sodam/bin/sodam", "/bin/true"))
    units = sorted(tmp_path.iterdir())
    done = run("systemd-analyze", "verify", *units)
    said = [line for line in done.stderr.splitlines() if "sodam" in line]
    if done.returncode and not said:
        pytest.skip(f"systemd-analyze does not work here: {done.stderr}")
    assert not said, done.stderr
    done = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", tmp_path / "sodam.service")
    assert done.returncode == 0, done.stdout[-500:]


# The image


def stages() -> list[list[tuple[str, str]]]:
    text = re.sub(r"^#.*\n", "", (DEPLOY / "docker/Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    found: list[list[tuple[str, str]]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        if found:
            found[-1].append((word, rest.strip()))
    return found


def test_the_image_is_built_apart_and_runs_as_nobody_special() -> None:
    build, last = stages()
    words = dict(last)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", words["USER"]), "a number, for Kubernetes to see that it is not root"
    assert [rest.split()[0] for word, rest in last if word == "COPY"] == ["--from=build"], "no sources, no tools"
    assert "/readyz" in words["HEALTHCHECK"]
    assert words["STOPSIGNAL"] == "SIGTERM"
    assert words["ENTRYPOINT"] == '["sodam"]'
    assert set(re.findall(r"SODAM_[A-Z_]+", words["ENV"])) <= VARIABLES
    assert not [word for word, _ in build + last if word == "ADD"]
    for word, rest in build:
        if word == "RUN" and "pip install" in rest:
            assert all("--require-hashes" in part or "--no-index" in part for part in rest.split("pip install")[1:])
    json.loads(words["HEALTHCHECK"].partition("CMD ")[2])


@tools.needs("hadolint", BY_PIP)
def test_hadolint_takes_the_dockerfile() -> None:
    done = run("hadolint", "--no-color", DEPLOY / "docker/Dockerfile")
    assert done.returncode == 0, done.stdout


def ignored(path: str) -> bool:
    """As Docker reads Dockerfile.dockerignore: the last line that matches decides."""
    out = False
    for line in (DEPLOY / "docker/Dockerfile.dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        if (
            any(fnmatch(part, pattern) for part in (path, *map(str, Path(path).parents), Path(path).name))
            or pattern == "*"
        ):
            out = not line.startswith("!")
    return out


def test_what_the_image_is_built_from_is_there_and_nothing_else() -> None:
    copied = [name for word, rest in stages()[0] if word == "COPY" for name in rest.split()[:-1]]
    for name in copied:
        assert (tree.ROOT / name).exists(), name
        assert not ignored(name), name
    for name in ("src/sodam/server.py", "web/src/main.tsx"):
        assert (tree.ROOT / name).exists(), name
        assert not ignored(name), name
    for name in (".git/config", "sodam-data/sodam.db", "deploy/docker/.env", "web/node_modules/x", ".venv/bin/python"):
        assert ignored(name), name


# Compose


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())
    return found


def test_what_must_outlive_the_containers_is_on_named_volumes() -> None:
    """A database on an anonymous volume is gone with `docker compose down`."""
    file = compose()
    used = {
        entry.split(":")[0]: entry.split(":")[1] for s in file["services"].values() for entry in s.get("volumes", ())
    }
    named = {name for name in used if not name.startswith((".", "/"))}
    assert named == set(file["volumes"])
    assert used["postgres"] == "/var/lib/postgresql/data"
    assert file["services"]["postgres"]["environment"]["PGDATA"].startswith("/var/lib/postgresql/data/")
    for name in named ^ used.keys():
        assert (DEPLOY / "docker" / name).resolve().is_file(), name


def test_two_nodes_are_one_server() -> None:
    services = compose()["services"]
    nodes = [service for name, service in services.items() if name.startswith("node-")]
    assert len(nodes) == 2
    assert nodes[0]["environment"] == nodes[1]["environment"]
    environment = nodes[0]["environment"]
    assert environment.keys() <= VARIABLES
    assert environment["SODAM_MEDIA_URL"] == "file:///media"
    assert all("media:/media" in node["volumes"] for node in nodes)
    assert nodes[0]["volumes"][0] != nodes[1]["volumes"][0], "each has its own data directory"
    assert int(nodes[0]["stop_grace_period"].rstrip("s")) > DRAIN_SECONDS
    assert environment["SODAM_TRUSTED_PROXIES"] == compose()["networks"]["default"]["ipam"]["config"][0]["subnet"]
    published = {name for name, service in services.items() if "ports" in service}
    assert published == {"proxy"}, "the database and /metrics are for those inside"
    asked = set(services["proxy"]["environment"]["SODAM_NODES"].split())
    assert asked == {f"{name}:8080" for name in services if name.startswith("node-")}


def test_secrets_come_from_outside_and_are_asked_for() -> None:
    text = (DEPLOY / "docker/compose.yaml").read_text()
    wanted = set(re.findall(r"\$\{(\w+)", text))
    offered = dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / "docker/env.example").read_text(), re.M))
    assert wanted == offered.keys()
    for name in ("POSTGRES_PASSWORD", "SODAM_SECRET_KEY", "SODAM_ROOT_PASSWORD"):
        assert offered[name] == "", "an example is used as it is"
        assert all(use.startswith(":?") for use in re.findall(rf"\${{{name}([^}}]*)}}", text)), name


# Proxies


def test_the_proxies_let_the_same_through() -> None:
    caddy = (DEPLOY / "proxies/Caddyfile").read_text()
    globs = re.search(r"@outside path (.*)", caddy)[1].split()  # type: ignore[index]
    nginx = (DEPLOY / "proxies/nginx.conf").read_text()
    pattern = re.compile(re.search(r"location ~ (\S+) \{", nginx)[1])  # type: ignore[index]
    for path in OUTSIDE:
        assert pattern.search(path), f"nginx: {path}"
        assert path == "/" or any(fnmatch(path, glob) for glob in globs), f"Caddy: {path}"
    for path in INSIDE:
        assert not pattern.search(path), f"nginx: {path}"
        assert not any(fnmatch(path, glob) for glob in globs), f"Caddy: {path}"
    chart = (CHART / "templates/ingress.yaml").read_text()
    prefixes = re.findall(r'"(/[^"]*)"', re.search(r"range list (.*) \}", chart)[1])  # type: ignore[index]
    assert all(
        any(path.startswith(prefix) for prefix in prefixes) for path in OUTSIDE if path not in ("/", "/im/binfo")
    )
    assert not any(path.startswith(prefix) for path in INSIDE for prefix in prefixes)


@tools.needs("caddy", BY_PIP)
def test_caddy_takes_its_file() -> None:
    done = run("caddy", "adapt", "--config", DEPLOY / "proxies/Caddyfile", "--adapter", "caddyfile")
    assert done.returncode == 0, done.stderr


# The chart


def test_the_chart_uses_what_its_values_offer() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert "enableServiceLinks: false" in (CHART / "templates/statefulset.yaml").read_text()
    assert values.keys() == schema["properties"].keys() - {"global"}
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["apiVersion"] == "v2"
    for path in sorted((CHART / "templates").iterdir()):
        text = path.read_text()
        assert text.count("{{") == text.count("}}"), path.name
        for name in re.findall(r"\.Values\.([\w.]+)", text):
            place = values
            for part in name.split("."):
                assert part in place, f"{path.name}: .Values.{name}"
                place = place[part]
        for name in re.findall(r"\bSODAM_[A-Z_]+", text):
            assert name in VARIABLES, f"{path.name}: {name}"
        assert not re.search(r"rand(Alpha|Numeric|Ascii|Bytes)|genPrivateKey|genCA|genSelf", text), (
            f"{path.name}: a secret that is made at each upgrade is another one each time"
        )


CLUSTER: Final[dict[str, Any]] = {
    "replicas": 3,
    "secret": {"name": "sodam"},
    "natsUrl": "nats://nats:4222",
    "media": {"sharedClaim": "files", "address": "https://chat.example.com"},
    "settings": {"SODAM_HISTORY_DAYS": "30"},
    "ingress": {"enabled": True, "tlsSecret": "tls"},
    "serviceMonitor": {"enabled": True},
}


def test_helm_renders_it() -> None:
    """With Helm's own engine."""
    helm = pytest.importorskip("helm_python", reason=BY_PIP)
    report = helm.lint(str(CHART), {}, strict=True)
    assert not report["errors"], report
    chart = helm.Chart.load(str(CHART))

    def rendered(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
        made = chart.render(values, name="chat", namespace="im")
        documents = [one for path, text in made.items() if path.endswith(".yaml") for one in yaml.safe_load_all(text)]
        return {f"{one['kind']}/{one['metadata']['name']}": one for one in documents if one}

    alone = rendered({})
    assert alone.keys() == {"StatefulSet/chat-sodam", "Service/chat-sodam", "Service/chat-sodam-pods"}
    many = rendered(CLUSTER)
    assert many.keys() - alone.keys() == {
        "PodDisruptionBudget/chat-sodam",
        "Ingress/chat-sodam",
        "ServiceMonitor/chat-sodam",
    }
    assert rendered(CLUSTER) == many, "an upgrade changes nothing by itself"
    judge(alone["StatefulSet/chat-sodam"]["spec"], {"SODAM_TRUSTED_PROXIES"})
    given = {
        "DATABASE_URL",
        "SECRET_KEY",
        "ROOT_PASSWORD",
        "NATS_URL",
        "MEDIA_URL",
        "MEDIA_ADDRESS",
        "HISTORY_DAYS",
        "TRUSTED_PROXIES",
    }
    judge(many["StatefulSet/chat-sodam"]["spec"], {f"SODAM_{name}" for name in given})
    for values, why in (
        ({"replicas": 2}, "PostgreSQL"),
        ({"replicas": 2, "secret": {"name": "s"}}, "share uploaded files"),
        ({"secret": {"name": "s", "secretKeyKey": ""}}, "the same in every pod"),
        ({"replica": 2}, "replica"),
        ({"settings": {"SODAM_HISTORY_DAYS": 30}}, "HISTORY_DAYS"),
    ):
        with pytest.raises(helm.HelmError, match=why):
            refused(chart, values)


@pytest.mark.parametrize("version", ["1.27", "1.34"])
def test_kubernetes_takes_what_it_renders(version: str) -> None:
    """By the schemas of two versions, unknown fields refused."""
    helm = pytest.importorskip("helm_python", reason=BY_PIP)
    kubernetes = pytest.importorskip("kubernetes_validate", reason=BY_PIP)
    chart = helm.Chart.load(str(CHART))
    for values in ({}, CLUSTER):
        made = chart.render(values, name="chat", namespace="im")
        documents = [one for path, text in made.items() if path.endswith(".yaml") for one in yaml.safe_load_all(text)]
        kinds = [one["kind"] for one in documents if one and one["kind"] != "ServiceMonitor"]  # not Kubernetes' own
        assert "StatefulSet" in kinds
        for one in documents:
            if one and one["kind"] in kinds:
                kubernetes.validate(one, version, strict=True)


def refused(chart: Any, values: dict[str, Any]) -> None:
    chart.validate_schema(chart.merge_values(values))
    chart.render(values, name="chat", namespace="im")


def judge(spec: dict[str, Any], variables: set[str]) -> None:
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["enableServiceLinks"] is False, "SODAM_PORT=tcp://... is no setting"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez", "a database that is away restarts nobody"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert pod["terminationGracePeriodSeconds"] > DRAIN_SECONDS + 5
    assert {one["name"] for one in container["env"]} == variables
    assert variables <= VARIABLES
    mounted = {one["name"] for one in container["volumeMounts"]}
    kept = {one["metadata"]["name"] for one in spec["volumeClaimTemplates"]} | {one["name"] for one in pod["volumes"]}
    assert mounted == kept
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
