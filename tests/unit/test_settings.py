"""Precedence, refusal of the unknown, and the form of every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodam.settings import TABLE, BootstrapApp, Settings, SettingsError, load


def test_defaults() -> None:
    assert load({}, {}) == Settings()


def test_flag_wins_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "sodam.toml"
    file.write_text('host = "file"\nport = 1\nlog_level = "error"\n')
    settings = load({"port": "3"}, {"SODAM_CONFIG": str(file), "SODAM_PORT": "2", "SODAM_HOST": "env"})
    assert (settings.port, settings.host, settings.log_level) == (3, "env", "error")


def test_config_flag_wins_over_config_variable(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("port = 7")
    assert load({}, {"SODAM_CONFIG": str(tmp_path / "missing.toml")}, file).port == 7


def test_toml_types(tmp_path: Path) -> None:
    file = tmp_path / "sodam.toml"
    file.write_text('rate_limits = true\nbootstrap_app = ["1:a", "2:b:Pro"]\ndata_dir = "x"\nhistory_days = 30\n')
    settings = load({}, {}, file)
    assert settings.history_days == 30
    assert load({}, {"SODAM_HISTORY_DAYS": "40"}, file).history_days == 40
    assert load({"history_days": "50"}, {"SODAM_HISTORY_DAYS": "40"}, file).history_days == 50
    assert settings.rate_limits is True
    assert settings.data_dir == Path("x")
    assert settings.bootstrap_apps == (BootstrapApp(1, "a", "Flagship"), BootstrapApp(2, "b", "Pro"))


def test_empty_variable_is_not_set() -> None:
    assert load({}, {"SODAM_PORT": "", "SODAM_ROOT_PASSWORD": ""}) == Settings()


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"SODAM_PROT": "1"}, "SODAM_PROT"),
        ({"SODAM_port": "1"}, "SODAM_port"),
        ({"SODAM_PORT": "65536"}, "65536"),
        ({"SODAM_PORT": "٣"}, "SODAM_PORT"),
        ({"SODAM_RATE_LIMITS": "maybe"}, "on or off"),
        ({"SODAM_DATABASE_URL": "mysql://x"}, "postgresql://"),
        ({"SODAM_NATS_URL": "localhost:4222"}, "nats://"),
        ({"SODAM_ROOT_PASSWORD": "short"}, "8 characters"),
        ({"SODAM_BOOTSTRAP_APP": "x:key"}, "SDKAppID"),
        ({"SODAM_BOOTSTRAP_APP": "1:"}, "SDKAPPID:SECRETKEY"),
        ({"SODAM_BOOTSTRAP_APP": "1:k:Gold"}, "Flagship"),
        ({"SODAM_BOOTSTRAP_APP": "1:k,1:k"}, "twice"),
        ({"SODAM_BOOTSTRAP_APP": "4294967296:k"}, "4294967295"),
        ({"SODAM_LOG_LEVEL": "loud"}, "warning"),
        ({"SODAM_HISTORY_DAYS": "0"}, "1 to 3650"),
        ({"SODAM_HISTORY_DAYS": "3651"}, "1 to 3650"),
        ({"SODAM_HISTORY_DAYS": "9" * 5000}, "1 to 3650"),
        ({"SODAM_HISTORY_DAYS": "a week"}, "1 to 3650"),
        ({"SODAM_CONFIG": "/nonexistent/sodam.toml"}, "/nonexistent/sodam.toml"),
        ({"SODAM_BACKGROUND_WORK": "off"}, "SQLite"),
    ],
)
def test_refusals_are_one_line_that_names_the_culprit(env: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError) as error:
        load({}, env)
    assert word in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["prot = 1", "port = [1", "port = 1.5", "[port]\na = 1", "bootstrap_app = []"])
def test_bad_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sodam.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as error:
        load({}, {}, file)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_secrets_are_not_shown() -> None:
    secret = "hidden-0123"
    env = {
        "SODAM_ROOT_PASSWORD": secret,
        "SODAM_BOOTSTRAP_APP": f"1:{secret}",
        "SODAM_DATABASE_URL": f"postgresql://u:{secret}@h/d",
    }
    assert secret not in repr(load({}, env))
    with pytest.raises(SettingsError) as error:
        load({}, {"SODAM_BOOTSTRAP_APP": f"1:{secret}:Gold"})
    assert secret not in str(error.value)


def test_every_field_has_a_row() -> None:
    assert {row.field for row in TABLE} == set(Settings.__dataclass_fields__)
