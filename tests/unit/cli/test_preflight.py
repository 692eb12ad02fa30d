"""What a start says of an address under which clients cannot reach their files."""

from __future__ import annotations

import pytest

from sodam.cli import checks
from sodam.cli.preflight import address_problem
from tests.support.server import ServerFactory


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://localhost:8080", "own machine"),
        ("http://127.0.0.1:8080", "own machine"),
        ("http://[::1]:8080", "own machine"),
        ("http://0.0.0.0:8080", "own machine"),
        ("http://10.1.2.3:8080", "private network"),
        ("https://192.168.0.7", "private network"),
        ("https://[fd00::7]", "private network"),
        ("http://169.254.1.1", "private network"),
        ("http://sodam:8080", "only the local network"),
        ("https://files.example.com", "placeholder"),
        ("https://your-domain.com", "placeholder"),
        ("https://chat.invalid", "placeholder"),
    ],
)
def test_it_says_why(address: str, why: str) -> None:
    assert why in address_problem(address)
    assert checks.address(address).state == "warn"


@pytest.mark.parametrize(
    "address", ["", "https://chat.sodam.im/im", "https://8.8.8.8", "https://latest.co", "https://[2606:4700::1]"]
)
def test_it_is_silent(address: str) -> None:
    assert address_problem(address) == ""
    assert checks.address(address).state == "ok"


async def test_the_log_of_a_start_has_it(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_MEDIA_ADDRESS": "http://localhost:8080"})
    said = [line for line in server.log_lines() if line.get("setting") == "SODAM_MEDIA_ADDRESS"]
    assert [line["level"] for line in said] == ["warning"]
