"""The file of apps: what it says, where each refusal points, and that a dumped app comes back the same."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sodam.apps.apply import ApplyError, Wanted, changed, load, parse
from sodam.apps.dump import dump
from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from sodam.apps.model import App, AppKey, AppSettings, FriendField, UserField
from sodam.apps.plans import AddOns, Overrides
from sodam.apps.toml_lines import Lines
from sodam.usersig import Keys

SHOP = """\
[[app]]
sdkappid = 5
name = "Shop"
key = "abc"
plan = "Flagship"
"""


def blank(sdkappid: int = 5, **more: object) -> App:
    return App(sdkappid=sdkappid, name="x", plan="Flagship", keys=Keys(("k",)), **more)  # type: ignore[arg-type]


def read(text: str, **env: str) -> Wanted:
    return parse(text, "apps.toml", env)


def applied(text: str, app: App | None = None) -> App:
    wanted = read(text)
    return changed(app or blank(), wanted.apps[0], wanted.source)


def test_lines_of_keys() -> None:
    text = '''# head
a = """
b = 1
""" # c = 2
d."e f" = [ # [x]
  { g = "]" }, 'h = 1',
]
[t."u.v"]
w = 'it''s'
[[l]]
m = 1
[[l]]
  m = 2
[l.n]
o = {p = 1}
[[l.q]]
r = "\\""
[[l.q]]
r = 1
'''.replace("'it''s'", "'its'")
    lines = Lines(text)
    assert [lines.of(*path) for path in (("a",), ("d", "e f"), ("t", "u.v"), ("t", "u.v", "w"))] == [2, 5, 8, 9]
    assert [lines.of("l", 0, "m"), lines.of("l", 1, "m"), lines.of("l", 1, "n", "o", "p")] == [11, 13, 15]
    assert [lines.of("l", 1, "q", 0, "r"), lines.of("l", 1, "q", 1, "r"), lines.of("nowhere")] == [17, 19, 1]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (SHOP + "[app.settings.messages]\nrecal_seconds = 1", '7: unknown setting "recal_seconds"'),
        (SHOP + "[app.settings.mesages]\nrecall_seconds = 1", '6: unknown section of settings "mesages"'),
        (SHOP + "[app.settings.friends]\nrecall_seconds = 1", '7: "recall_seconds" belongs to [app.settings.messages]'),
        (SHOP + "[app.settings.messages]\n\nrecall_seconds = 0", "8: recall_seconds is from 1 to 604800"),
        (SHOP + "[app.settings.messages]\nrecall_seconds = true", "7: recall_seconds: expected a number"),
        (SHOP + "[app.settings.messages]\nfriend_check = 1", "7: friend_check: expected true or false"),
        (SHOP + '[app.settings.friends]\ndefault_allow_type = "All"', "7: default_allow_type: expected one of"),
        (SHOP + "nmae = 1", '6: unknown key "nmae"'),
        (SHOP + "limits.groups = 1", '6: unknown limit "groups"'),
        (SHOP + 'second_key_env = "SHOP"', "6: the environment has no SHOP"),
        (SHOP + 'key_env = "SHOP"', "6: give either key or key_env"),
        (SHOP + 'second_key_env = "SODAM_KEY"', "6: variables that begin with SODAM_ are settings"),
        (SHOP + 'second_key = "ü"', "6: a key has 1 to 256 printable ASCII characters"),
        (SHOP + SHOP, "6: the same app is described twice"),
        (SHOP + "administrators = [1]", "6: administrators: expected a list of texts"),
        (SHOP.replace('"Flagship"', '"Gold"'), "5: plan: expected one of Trial, Pro, Flagship"),
        (SHOP.replace("= 5", "= 0"), "2: an app needs sdkappid"),
        ("[[app]]\nname = 'x'", "1: an app needs sdkappid"),
        ("[app]\nsdkappid = 1", "1: app: expected tables, each under [[app]]"),
        ("x = ", "1: no TOML: Invalid value"),
        ("\n[[apps]]\n", '2: unknown key "apps"'),
        ("[[user]]\npassword = 'x'", "1: user without name"),
        ("[[user]]\nname = 'a'\n[[user]]\nname = 'A'", "3: the same user is described twice"),
        ("[[user]]\nname = 'a'\nremark = '" + "x" * 201 + "'", "3: remark: at most 200 characters"),
        ('[[policy]]\nname = "a"\ndocument = "{}"\ndescription = "\\u0000"', "4: description: holds a NUL"),
        (SHOP + "tags = {a = 1}", "6: a: expected text in quotes"),
        (SHOP + "settings = 1", "6: settings: expected a table"),
        ("[[policy]]\nname = 'a'", "1: policy without document"),
        (
            SHOP + "[[app.group_fields]]\nname = 'a'\n[[app.group_fields.rights]]\nread = 'app'",
            "8: rights without type",
        ),
        (
            SHOP + "[[app.group_fields]]\nname = 'a'\n[[app.group_fields.rights]]\ntype = 'Public'\nown = true",
            "8: own: only fields of members",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_place(text: str, refusal: str) -> None:
    with pytest.raises(ApplyError) as refused:
        read(text)
    assert str(refused.value).startswith("apps.toml:" + refusal)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            SHOP.replace("Flagship", "Trial") + "[app.settings.messages]\nrecall_seconds = 9",
            "7: app 5: the setting Rec",
        ),
        (SHOP + "[app.settings.messages]\nhistory_days = 8", "7: app 5: HistoryDays is from 1 to 7"),
        (SHOP + "[[app.user_fields]]\nname = 'Old'\ntype = 'bytes'", "6: app 5: the type of a field can never change"),
        (SHOP + "[[app.friend_fields]]\nname = 'Old'\ntype = 'bytes'", "6: app 5: the type of a field can never"),
        (SHOP + "[[app.user_fields]]\nname = 'No good'", "6: app 5: a field's name has 1 to 8 letters"),
        (SHOP + "[[app.group_fields]]\nname = '1st'", "6: app 5: a field's name has 1 to 16 letters, digits"),
        (SHOP + "[[app.group_fields]]\nname = 'a'", "6: app 5: a field needs types of groups"),
        (SHOP + "[app.add_ons]\nhistory_days = 400", "6: app 5: HistoryDays is from 8 to 360"),
        (SHOP + "[app.limits]\nfriends = 99999", "6: app 5: Friends is from 0 to 10000"),
    ],
)
def test_what_the_app_does_not_allow_is_refused_at_its_line(text: str, refusal: str) -> None:
    settings = AppSettings(user_fields=(UserField(name="Old"),), friend_fields=(FriendField(name="Old"),))
    with pytest.raises(ApplyError) as refused:
        applied(text, blank(settings=settings))
    assert str(refused.value).startswith("apps.toml:" + refusal)


def test_an_app_that_is_so_already_does_not_change() -> None:
    text = SHOP + "administrators = ['bot']\ntags.team = 'a'\n[app.settings.messages]\nfriend_check = true\n"
    once = applied(text + "[[app.user_fields]]\nname = 'Level'\ntype = 'uint64'\n")
    assert (once.name, once.tags, once.settings.friend_check) == ("Shop", {"team": "a"}, True)
    assert once.settings.user_fields == (UserField(name="Level", type="uint64"),)
    assert applied(text + "[[app.user_fields]]\nname = 'Level'\n", once) == once


def test_what_is_not_named_is_left_alone() -> None:
    have = blank(tags={"a": "1"}, admins=frozenset(("administrator", "eve")), settings=AppSettings(deleted_id_days=3))
    after = applied(SHOP + "administrators = ['bot']\ntags.b = '2'", have)
    assert after.tags == {"a": "1", "b": "2"}
    assert after.admins == {"administrator", "eve", "bot"}
    assert after.settings == have.settings


def test_a_new_plan_brings_the_settings_into_its_limits() -> None:
    have = blank(settings=AppSettings(recall_seconds=600))
    assert applied(SHOP.replace("Flagship", "Pro"), have).settings.recall_seconds == 120


def test_secrets_come_from_the_environment() -> None:
    text = "[[app]]\nsdkappid = 1\nkey_env = 'K'\n[[user]]\nname = 'a'\npassword_env = 'P'\n"
    wanted = read(text, K="key", P="word")
    assert [key.secret for key in wanted.apps[0].keys] == ["key"]
    assert (wanted.users[0].password, wanted.users[0].password_env) == ("word", "")
    assert read(text, K="key").users[0].password_env == "P"  # matters only where the user is to be made


@pytest.mark.parametrize("secrets", [True, False])
def test_a_dumped_app_comes_back_the_same(secrets: bool) -> None:
    app = App(
        sdkappid=9,
        name='Sh"op\\ 店',
        kind="game",
        introduction="two\nlines",
        plan="Flagship",
        keys=Keys(("one", "two")),
        admins=frozenset(("administrator", "bot '1\"")),
        tags={"a.b = c": "x", "team": ""},
        add_ons=AddOns(history_days=30),
        overrides=Overrides(accounts=None, friends=7),
        settings=AppSettings(
            history_days=30,
            recall_seconds=5,
            friend_check=True,
            user_fields=(UserField(name="L", type="uint64", app_write=False), UserField(name="M")),
            friend_fields=(FriendField(name="N", type="bytes"),),
            group_fields=(GroupField(name="floor", rights=(GroupFieldRight(type="Public", read="anyone"),)),),
            group_member_fields=(
                MemberField(
                    name="team",
                    rights=(MemberFieldRight(type="Private"), MemberFieldRight(type="Public", write="app", own=False)),
                ),
            ),
        ),
    )
    keys = [AppKey(key_id=i, algorithm="HMAC-SHA256", secret=text) for i, text in enumerate(app.keys.secrets, 1)]
    text = dump(app, keys, secrets=secrets)
    assert ('"one"' in text) == secrets
    wanted = read(text, APP_9_KEY="one", APP_9_SECOND_KEY="two").apps[0]
    assert [key.secret for key in wanted.keys] == ["one", "two"]
    made = App(sdkappid=9, name=wanted.name, plan=wanted.plan, keys=app.keys)
    after = changed(made, wanted, "dump")
    assert msgspec.structs.replace(after, settings_version=1, section_versions={}) == app


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ApplyError, match=r"cannot read the file of apps .*gone\.toml: No such file"):
        load(tmp_path / "gone.toml", {})
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(ApplyError, match="is not UTF-8"):
        load(tmp_path / "bad.toml", {})


def test_the_guides_example_is_read() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide.md").read_text("utf-8")
    example = guide.split("### An app without a click", 1)[1].split("```toml\n", 1)[1].split("```", 1)[0]
    wanted = read(example, SHOP_KEY="k", MINA_PASSWORD="p")
    after = changed(blank(), wanted.apps[0], wanted.source)
    assert after.settings.recall_seconds == 300
    assert [one.name for one in wanted.policies] + [one.name for one in wanted.users] == ["sales-reader", "mina"]
