"""Messages whose text comes in pieces."""

from __future__ import annotations

import json

import msgspec
import pytest

from sodam.errors import ApiError, Code
from sodam.messages.growing import MAX_BYTES, Chunk, Growing, asked, of_body, shown


def pieces(*texts: str, first: int = 1, last: bool = False) -> list[Chunk]:
    chunks = [Chunk("data", first + place, text) for place, text in enumerate(texts)]
    chunks[-1].IsLast = last
    return chunks


def test_it_grows_and_ends() -> None:
    new = Growing("st-1", "old clients see this").grown(pieces("The ", "answer"))
    assert of_body(new.body) == new
    done = new.grown(pieces(".", first=7, last=True))
    assert (done.text, done.index, done.ended) == ("The answer.", 7, True)
    assert json.loads(done.body) == [
        {
            "MsgType": "TIMStreamElem",
            "MsgContent": {
                "Chunks": [{"EventType": "data", "Index": 7, "Markdown": "The answer.", "IsLast": True}],
                "CompatibleText": "old clients see this",
                "StreamMsgID": "st-1",
            },
        }
    ]
    (element,) = json.loads(shown(done.body))
    assert element["MsgType"] == "TIMCustomElem"
    assert json.loads(element["MsgContent"]["Data"]) == {
        "chatbotPlugin": 2,
        "src": 2,
        "chunks": ["The answer."],
        "isFinished": 1,
    }
    assert element["MsgContent"]["Desc"] == "old clients see this"


@pytest.mark.parametrize(
    ("before", "chunks", "code"),
    [
        (Growing("s", "", index=2), pieces("x", first=2), Code.MSG_FORMAT),
        (Growing("s", "", index=2), [*pieces("x", first=5), *pieces("y", first=4)], Code.MSG_FORMAT),
        (Growing("s", ""), [*pieces("x", last=True), *pieces("y", first=2)], Code.MSG_FORMAT),
        (Growing("s", "", ended=True), pieces("x", first=9), Code.MSG_FORMAT),
        (Growing("s", ""), pieces("x" * MAX_BYTES), Code.MSG_TOO_LONG),
    ],
)
def test_what_does_not_follow(before: Growing, chunks: list[Chunk], code: Code) -> None:
    with pytest.raises(ApiError) as refused:
        before.grown(chunks)
    assert refused.value.code is code


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '[{"MsgType":"TIMTextElem","MsgContent":{"Text":"x"}}]',
        '[{"MsgType":"TIMStreamElem","MsgContent":{"Chunks":[]}}]',
        '[{"MsgType":"TIMStreamElem","MsgContent":{"Chunks":[{"EventType":"data","Index":0}]}}]',
        '[{"MsgType":"TIMStreamElem","MsgContent":{"Chunks":[{"EventType":"other","Index":1}]}}]',
        '[{"MsgType":"TIMStreamElem","MsgContent":{"Chunks":[{"EventType":"data","Index":1,"IsLast":2}]}}]',
    ],
)
def test_what_is_no_piece(body: str) -> None:
    with pytest.raises(ApiError) as refused:
        asked(body.encode())
    assert refused.value.code is Code.MSG_FORMAT


@pytest.mark.parametrize("body", ["", "{}", '"x"', "null", "7"])
def test_what_is_no_array(body: str) -> None:
    with pytest.raises(ApiError) as refused:
        asked(body.encode())
    assert refused.value.code is Code.MSG_BODY_NOT_ARRAY


def test_another_body_is_shown_as_it_is() -> None:
    for body in (b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":"x"}}]', b"[]", b"nonsense"):
        assert of_body(body) is None
        assert shown(body) == body
    assert msgspec.json.decode(shown(Growing("s", "").grown(pieces("x")).body))
