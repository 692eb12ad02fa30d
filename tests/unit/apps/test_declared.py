"""A setting is declared once: every place that knows settings knows every field of AppSettings."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest

from sodam.apps import rules
from sodam.apps.declared import Setting, change_fields, declared, page, plain, range_fields, value_fields
from sodam.apps.model import App, AppSettings
from sodam.cloudapi.actions import settings as actions
from sodam.control import ControlError
from sodam.usersig import Keys


class More(AppSettings, frozen=True, kw_only=True):
    """As somebody adds settings: nothing but the declarations."""

    typing_seconds: Annotated[int, Setting(section="messages", doc="T.", least=2, most=30, plan="Pro")] = 5
    reading: Annotated[Literal["all", "none"], Setting(section="accounts", doc="Who sees it.")] = "all"


def app(plan: str = "Flagship") -> App:
    return App(sdkappid=1, name="x", plan=plan, keys=Keys(("k",)), settings=More())  # type: ignore[arg-type]


def test_every_setting_is_in_the_cloud_api() -> None:
    shown = set(actions.Ability.__struct_fields__)  # type: ignore[attr-defined]
    ranges = set(actions.Ranges.__struct_fields__)  # type: ignore[attr-defined]
    changes = set(actions.SetAbilityConfInfo.__struct_fields__)
    for one in declared(AppSettings).values():
        if one.is_document:  # has actions of its own
            continue
        assert one.wire in shown, one.name
        assert (one.wire in ranges) == (one.ranged or one.is_list), one.name
        assert (one.wire in changes) == (not one.is_list), one.name


def test_a_new_setting_needs_only_its_declaration() -> None:
    assert ("TypingSeconds", int) in value_fields(More)
    assert ("TypingSeconds", int | None, None) in change_fields(More)
    assert ("TypingSeconds", int) in range_fields(More, int)
    assert "Reading" not in [name for name, _ in range_fields(More, int)]
    assert plain(More)["reading"].choices == ("all", "none")
    assert "| `typing_seconds` | `TypingSeconds` | messages | number | 5 | 2 to 30 | Pro | T. |" in page(More)


def test_its_range_and_its_plan_bind_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "DECLARED", declared(More))
    changed = rules.settings(app("Pro"), 1, {"typing_seconds": 30, "reading": "none"}, 0)
    assert (changed.settings.typing_seconds, changed.settings.reading) == (30, "none")  # type: ignore[attr-defined]
    with pytest.raises(ControlError, match="TypingSeconds is from 2 to 30") as refused:
        rules.settings(app("Pro"), 1, {"typing_seconds": 31}, 0)
    assert refused.value.detail == "NumberRange"
    with pytest.raises(ControlError, match="the setting TypingSeconds needs the plan Pro"):
        rules.settings(app("Trial"), 1, {"typing_seconds": 6}, 0)
    # With a lesser plan it goes back to its default.
    fallen = rules.fit(msgspec.structs.replace(changed, plan="Trial"), changed)
    assert fallen.settings.typing_seconds == 5  # type: ignore[attr-defined]


def test_a_field_that_is_not_declared_is_refused() -> None:
    class Bare(msgspec.Struct):
        x: int = 1

    class Endless(msgspec.Struct):
        x: Annotated[int, Setting(section="messages", doc="No range.")] = 1

    Bare.__module__ = Endless.__module__ = __name__
    with pytest.raises(TypeError, match=r"Bare\.x is not declared"):
        declared(Bare)
    with pytest.raises(TypeError, match=r"Endless\.x has no range"):
        declared(Endless)


def test_a_default_lies_in_its_range() -> None:
    for one in declared(AppSettings).values():
        if one.ranged:
            low, high = one.range_in(app().limits)
            assert low <= one.default <= high, one.name
