"""The list of codes is whole, and an error carries what the edge needs."""

from __future__ import annotations

import pickle

import pytest

from sodam.errors import ApiError, Code, is_app_code


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (Code.OK, 0),
        (Code.BODY_NOT_JSON, 60003),
        (Code.SDKAPPID_INVALID, 60006),
        (Code.RATE_LIMITED, 60007),
        (Code.NO_SUCH_COMMAND, 60009),
        (Code.NOT_ADMIN, 60010),
        (Code.USERSIG_EXPIRED, 70001),
        (Code.ACCOUNT_NOT_FOUND, 70107),
        (Code.SNS_BAD_REQUEST, 30001),
        (Code.MSG_BODY_NOT_ARRAY, 90007),
        (Code.GROUP_NOT_FOUND, 10010),
    ],
)
def test_numbers(code: Code, number: int) -> None:
    assert code == number
    assert Code(number) is code
    assert f"{int(code)}" == str(number)


def test_no_number_has_two_names() -> None:
    assert len(Code.__members__) == len(Code)


def test_every_code_has_a_meaning_of_one_line() -> None:
    for code in Code:
        assert code.meaning, code
        assert "\n" not in code.meaning
        assert len(code.meaning) < 100, code


def test_no_member_lies_in_an_app_range() -> None:
    assert [code for code in Code if is_app_code(code)] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [(10099, False), (10100, True), (10200, True), (10201, False), (38000, True), (120001, True), (130000, True)],
)
def test_app_ranges(code: int, expected: bool) -> None:
    assert is_app_code(code) is expected


def test_info_defaults_to_the_meaning() -> None:
    error = ApiError(Code.NOT_ADMIN)
    assert (error.code, error.info, error.display) == (Code.NOT_ADMIN, Code.NOT_ADMIN.meaning, "")
    assert str(error) == f"60010: {Code.NOT_ADMIN.meaning}"


def test_info_and_display_are_kept() -> None:
    error = ApiError(Code.GROUP_BAD_PARAMETER, "Name is missing", display="please give a name")
    assert (error.info, error.display) == ("Name is missing", "please give a name")


def test_an_app_code_passes_through() -> None:
    error = ApiError(120041, "not at night")
    assert (int(error.code), error.info) == (120041, "not at night")


def test_pickle_keeps_all_three() -> None:
    error = pickle.loads(pickle.dumps(ApiError(Code.GROUP_FULL, "full", display="sorry")))
    assert (error.code, error.info, error.display) == (Code.GROUP_FULL, "full", "sorry")
