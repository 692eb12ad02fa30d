"""``sodam settings``: print the reference page of all settings."""

from __future__ import annotations

from sodam.settings import TABLE


def settings() -> int:
    """Print every setting: flag, environment variable, TOML key, default, meaning."""
    print(reference(), end="")
    return 0


def reference() -> str:
    """The settings page of the documentation (`docs/settings.md`), as Markdown."""
    lines = [
        "# Settings",
        "",
        "A flag wins over the environment, the environment over the TOML file given by `--config` or `SODAM_CONFIG`.",
        "An unknown name or a value that cannot be used ends `sodam` with one line and exit code 2. An empty",
        "environment variable counts as not set. This page is printed by `sodam settings`.",
        "",
        "| flag of `sodam serve` | environment | TOML key | default | meaning |",
        "|---|---|---|---|---|",
    ]
    for row in TABLE:
        metavar = row.metavar.replace("|", "\\|")
        lines.append(f"| `{row.flag} {metavar}` | `{row.env}` | `{row.name}` | {row.default} | {row.help} |")
    lines += [
        "",
        "An example of the file:",
        "",
        "```toml",
        'host = "0.0.0.0"',
        'data_dir = "/var/lib/sodam"',
        'database_url = "postgresql://sodam:password@db.internal/sodam"',
        "rate_limits = true",
        'log_format = "json"',
        "```",
        "",
    ]
    return "\n".join(lines)
