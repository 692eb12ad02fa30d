"""Which values fields take, by rest-accounts-relations.md 5.1 and 5.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.apps.model import App, AppSettings, UserField
from sodam.errors import ApiError, Code
from sodam.profiles.model import STANDARD, field_of
from sodam.profiles.service import checked, of_import
from sodam.usersig import Keys

APP = App(
    sdkappid=1400000001,
    name="a",
    keys=Keys(),
    settings=AppSettings(
        user_fields=(
            UserField(name="Num", type="uint64"),
            UserField(name="Text"),
            UserField(name="Bytes", type="bytes"),
            UserField(name="Ours", app_read=False, app_write=False),
            UserField(name="Theirs", admin_read=False, admin_write=False),
        )
    ),
)
IM = "Tag_Profile_IM_"
OWN = "Tag_Profile_Custom_"


def code(tag: str, value: object, side: str = "admin") -> int:
    try:
        kept = checked(APP, [(tag, value)], side)  # type: ignore[arg-type]
        number = isinstance(value, str) and tag in (IM + "BirthDay", OWN + "Num")
        assert kept == {tag: int(value) if number else value}  # type: ignore[call-overload]
    except ApiError as error:
        return int(error.code)
    return 0


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        ("Nick", "한" * 166 + "ab", 0),
        ("Nick", "한" * 167, 40601),
        ("Nick", "", 0),
        ("Nick", 5, 40610),
        ("Nick", None, 40610),
        ("Nick", ["a"], 40610),
        ("Image", "h" * 500, 0),
        ("Image", "h" * 501, 40601),
        ("SelfSignature", "s" * 501, 40601),
        ("Gender", "Gender_Type_Female", 0),
        ("Gender", "Gender_Type_Other", 40605),
        ("Gender", "x" * 600, 40605),
        ("Gender", 1, 40610),
        ("BirthDay", 20010131, 0),
        ("BirthDay", 2**32 - 1, 0),
        ("BirthDay", 2**32, 40605),
        ("BirthDay", -1, 40605),
        ("BirthDay", "20010131", 0),
        ("BirthDay", "4294967296", 40605),
        ("BirthDay", "9" * 20, 40605),
        ("BirthDay", "9" * 5000, 40610),
        ("BirthDay", "", 40610),
        ("BirthDay", "-1", 40610),
        ("BirthDay", "+1", 40610),
        ("BirthDay", " 1", 40610),
        ("BirthDay", "1.0", 40610),
        ("BirthDay", "0x10", 40610),
        ("BirthDay", "１９", 40610),
        ("BirthDay", "²", 40610),
        ("BirthDay", True, 40610),
        ("BirthDay", 1.0, 40610),
        ("Location", "l" * 16, 0),
        ("Location", "l" * 17, 40601),
        ("AllowType", "AllowType_Type_DenyAny", 0),
        ("AllowType", "", 40605),
        ("Language", 1, 0),
        ("MsgSettings", 1, 0),
        ("AdminForbidType", "AdminForbid_Type_SendOut", 0),
        ("AdminForbidType", "SendOut", 40605),
        ("Level", 3, 0),
        ("Role", 3.5, 40610),
        ("Unknown", "x", 40009),
    ],
)
def test_standard_fields(tag: str, value: object, expected: int) -> None:
    assert code(IM + tag, value) == expected


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [
        ("Num", 0, 0),
        ("Num", 2**64 - 1, 0),
        ("Num", 2**64, 40605),
        ("Num", "1", 0),
        ("Num", "18446744073709551615", 0),
        ("Num", "18446744073709551616", 40605),
        ("Num", "one", 40610),
        ("Text", "t" * 500, 0),
        ("Text", "t" * 501, 40601),
        ("Text", 1, 40610),
        ("Bytes", "bytes", 0),
        ("Bytes", "b" * 501, 40601),
        ("text", "x", 40009),
        ("", "x", 40009),
        ("Undeclared", "x", 40009),
    ],
)
def test_custom_fields(tag: str, value: object, expected: int) -> None:
    assert code(OWN + tag, value) == expected


@pytest.mark.parametrize(
    ("tag", "side", "expected"),
    [
        (OWN + "Ours", "admin", 0),
        (OWN + "Ours", "app", 40008),
        (OWN + "Theirs", "admin", 40008),
        (OWN + "Theirs", "app", 0),
        (OWN + "Text", "app", 0),
        (IM + "Nick", "app", 0),
    ],
)
def test_who_may_write(tag: str, side: str, expected: int) -> None:
    assert code(tag, "x", side) == expected


def test_only_administrators_forbid() -> None:
    assert code(IM + "AdminForbidType", "AdminForbid_Type_None", "app") == 40008


def test_the_spelling_of_very_old_apps_means_the_same_field() -> None:
    assert checked(APP, [(f"{OWN}1400000001_Text", "x")], "admin") == {OWN + "Text": "x"}
    with pytest.raises(ApiError) as refused:
        field_of(APP, f"{OWN}1400000002_Text")
    assert refused.value.code == Code.PROFILE_NO_SUCH_FIELD


def test_an_import_leaves_out_what_is_empty() -> None:
    assert of_import(None, "") == {}
    assert of_import("n", "i") == {IM + "Nick": "n", IM + "Image": "i"}
    with pytest.raises(ApiError) as refused:
        of_import("n", "i" * 501)
    assert refused.value.code == Code.PROFILE_VALUE_TOO_LONG


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=600),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


@given(st.sampled_from([*STANDARD, OWN + "Num", OWN + "Text", OWN + "Bytes", "x"]) | st.text(), _json)
def test_any_value_is_kept_as_it_is_or_refused_with_its_code(tag: str, value: object) -> None:
    assert code(tag, value) in (0, 40009, 40601, 40605, 40610)
