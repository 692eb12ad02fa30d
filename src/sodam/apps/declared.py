"""How a setting of an app is declared: once, at its field in ``AppSettings``. Everything else derives from it.

The declaration says the section, the range, the plan that has it, and what the documentation says. From it come the
shapes of the cloud API, the checks of a change, the locks of a plan, the names of ``SODAM_APPLY`` and a page of the
documentation (docs/decisions/0024-settings-declared-once.md).
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any, Literal

import msgspec

from sodam.apps.plans import BESIDES, Plan, PlanLimits, wire_name

Unit = Literal["", "seconds", "days", "mebibytes"]
Kind = Literal["switch", "number", "choice", "zone", "list", "document"]
Section = Literal["accounts", "login", "messages", "friends", "groups", "calls", "webhooks"]
"""The groups of settings, as the file of ``SODAM_APPLY`` and the documentation name them."""


class OncePerMonth(msgspec.Struct, frozen=True):
    """A setting that only the operator may change twice within a calendar month."""

    noted_at: str
    """The field of App that keeps when it was changed."""
    called: str
    """What a refusal calls it."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What is declared of a setting, beside its type and default, in ``Annotated``."""

    section: Section
    doc: str
    least: int | None = None
    most: int | None = None
    """Of a number the greatest, of a list how many entries; None: no limit, or that of the plan."""
    most_of_plan: str = ""
    """The field of PlanLimits that is the greatest number, instead of ``most``."""
    cure: str = ""
    """What to do about a number out of range."""
    plan: Plan | None = None
    """The least plan that has it; None: every plan."""
    once_per_month: OncePerMonth | None = None
    feature: str = ""
    """What the comparison of plans calls it, if it is bound to one; empty: its wire name."""
    heading: str = ""
    """Under which heading the console shows it, a key of the texts ``headings``; empty: that of its section."""
    unit: Unit = ""
    """Of a number that is a length of time or a size."""
    zone: bool = False
    """A text that names a time zone (zones.py)."""
    lowering_erases: bool = False
    """Of a number: the console warns who lowers it."""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A setting with all that its declaration says."""

    name: str
    """The field of AppSettings."""
    type: Any
    default: Any
    rule: Setting

    @property
    def wire(self) -> str:
        """As the cloud API calls it: ``recall_seconds`` is ``RecallSeconds``."""
        return wire_name(self.name)

    @property
    def kind(self) -> Kind:
        """How it is shown and edited."""
        if self.is_list:
            return "list"
        if self.is_document:
            return "document"
        if self.choices:
            return "choice"
        if self.rule.zone:
            return "zone"
        return "switch" if self.type is bool else "number"

    @property
    def heading(self) -> str:
        return self.rule.heading or self.rule.section

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that the console needs of it, in every language: keys of ``web/src/features/settings/locale``."""
        if self.kind in ("list", "document"):
            return ()
        names = {
            "switch": ("name", "on", "off"),
            "number": ("name", "about", "unit", "changed", *(("lowered",) if self.rule.lowering_erases else ())),
            "choice": ("name", "about", "label", "changed"),
            "zone": ("name", "about", "label", "changed"),
        }[self.kind]
        values = [f"values.{value}.{word}" for value in self.choices for word in ("name", "about")]
        heading = () if self.kind in ("choice", "zone") else (f"headings.{self.heading}",)
        return (*heading, *(f"{self.wire}.{word}" for word in (*names, *values)))

    @property
    def is_list(self) -> bool:
        """Custom fields: a list of structs, which has actions of its own."""
        return typing.get_origin(self.type) is tuple

    @property
    def is_document(self) -> bool:
        """Several values in one, which have actions and a form of their own."""
        return isinstance(self.type, type) and issubclass(self.type, msgspec.Struct)

    @property
    def ranged(self) -> bool:
        return not self.is_list and self.rule.least is not None

    @property
    def choices(self) -> tuple[str, ...]:
        """All values of an enumeration; empty for other types."""
        return typing.get_args(self.type) if typing.get_origin(self.type) is Literal else ()

    def range_in(self, limits: PlanLimits) -> tuple[int, int]:
        """The least and the greatest number of a ``ranged`` setting, for an app with these limits."""
        most: int | None = getattr(limits, self.rule.most_of_plan) if self.rule.most_of_plan else self.rule.most
        assert self.rule.least is not None, f"{self.name} has no range"
        assert most is not None, f"{self.name} has no range"
        return self.rule.least, most


@cache
def declared(settings: type[msgspec.Struct]) -> dict[str, Declared]:
    """The settings of a struct by their fields' names, in its order.

    Raises TypeError for a field that is not declared, or a number without a range.
    """
    hints = typing.get_type_hints(settings, include_extras=True)
    found: dict[str, Declared] = {}
    for field in msgspec.structs.fields(settings):
        hint = hints[field.name]
        rules = [item for item in typing.get_args(hint)[1:] if isinstance(item, Setting)]
        if typing.get_origin(hint) is not typing.Annotated or len(rules) != 1:
            raise TypeError(f"{settings.__name__}.{field.name} is not declared: Annotated[..., Setting(...)]")
        one = Declared(name=field.name, type=typing.get_args(hint)[0], default=field.default, rule=rules[0])
        bounded = one.rule.least is not None and (one.rule.most is not None or bool(one.rule.most_of_plan))
        if one.type is int and not bounded:
            raise TypeError(f"{settings.__name__}.{field.name} has no range")
        if one.kind == "zone" and one.type is not str:
            raise TypeError(f"{settings.__name__}.{field.name}: a time zone is a text")
        if one.kind == "number" and one.type is not int:
            raise TypeError(f"{settings.__name__}.{field.name}: the console has no form for {one.type}")
        found[field.name] = one
    return found


def plain(settings: type[msgspec.Struct]) -> dict[str, Declared]:
    """Those that have one value: all but the lists of custom fields, and documents."""
    return {name: one for name, one in declared(settings).items() if not one.is_list and not one.is_document}


def value_fields(settings: type[msgspec.Struct]) -> list[Any]:
    """For ``msgspec.defstruct``: every plain setting's wire name, with when it can change again where that is bound."""
    fields: list[Any] = []
    for one in plain(settings).values():
        fields.append((one.wire, one.type))
        if one.rule.once_per_month:
            fields.append((f"{one.wire}ChangeableFrom", int))
    return fields


def change_fields(settings: type[msgspec.Struct]) -> list[Any]:
    """For ``msgspec.defstruct``: every plain setting's wire name, which may be left out."""
    return [(one.wire, one.type | types.NoneType, None) for one in plain(settings).values()]


def range_fields(settings: type[msgspec.Struct], kind: type) -> list[Any]:
    """For ``msgspec.defstruct``: the wire name of every number that has a range."""
    return [(one.wire, kind) for one in plain(settings).values() if one.ranged]


class Promised(msgspec.Struct, frozen=True):
    """What a plan has and lesser ones lack."""

    name: str
    plan: Plan
    available: bool
    """False: a later version brings it."""
    setting: str = ""
    """The wire name of the setting that it is."""


def promised(settings: type[msgspec.Struct]) -> list[Promised]:
    """What is bound to a plan: settings, and ``plans.BESIDES``."""
    there = [
        Promised(one.rule.feature or one.wire, one.rule.plan, True, one.wire)
        for one in declared(settings).values()
        if one.rule.plan
    ]
    names = {one.name for one in there}
    there = list({one.name: one for one in reversed(there)}.values())[::-1]  # of several settings the first
    return there + [Promised(name, plan, True) for name, plan in BESIDES.items() if name not in names]


def _kind(one: Declared) -> str:
    if one.is_list:
        return f"list of at most {one.rule.most}"
    if one.is_document:
        return "table"
    return " or ".join(f"`{value}`" for value in one.choices) or {"zone": "time zone"}.get(one.kind, one.kind)


def _shown(value: object) -> object:
    return ("on" if value else "off") if isinstance(value, bool) else value


def _range(one: Declared) -> str:
    if not one.ranged:
        return ""
    return f"{one.rule.least} to {one.rule.most if one.rule.most is not None else 'the limit of the app'}"


def page(settings: type[msgspec.Struct]) -> str:
    """The table of the documentation (``docs/reference/app-settings.md``), as Markdown."""
    lines = [
        "# Settings of an app",
        "",
        "What the console and the cloud API (`im:DescribeAbilityConfInfo`, `im:SetAbilityConfInfo`) change of an app,",
        "and what the file of `SODAM_APPLY` may say in `[app.settings.SECTION]`. Generated from the code: `make docs`.",
        "",
        "| setting | cloud API | section | type | default | range | plan | meaning |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in declared(settings).values():
        default = "none" if one.is_list or one.is_document else _shown(one.default)
        monthly = " May change once a calendar month, but by root." if one.rule.once_per_month else ""
        cells = (
            f"`{one.name}`",
            f"`{one.wire}`",
            one.rule.section,
            _kind(one),
            str(default),
            _range(one),
            one.rule.plan or "every",
            one.rule.doc + monthly,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])
