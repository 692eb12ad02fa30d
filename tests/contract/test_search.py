"""The search on both engines: any part of any script, nothing that one may not read, nothing left behind."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam.c2c import retention
from sodam.groups.core import Operator
from sodam.search import building, store_walk
from sodam.search import store as search_store
from sodam.search.grams import grams, normal, scope, term, terms
from sodam.search.model import USER, Kind, Wanted
from sodam.search.texts import searched
from sodam.storage import Database
from tests.contract.search_world import APP, SearchWorld
from tests.contract.world import place, text_body
from tests.support.seeds import SEED

TEXTS = (
    "他们住在杭州西边",
    "明天 Kubernetes 升级，别忘了",
    "안녕하세요, 서울에서 만나요",
    "東京タワーでコーヒーを飲む",
    "The quick brown xylophone",
    "ＦＵＬＬ ｗｉｄｔｈ ＡＢＣ１２３",
    'user-name\'s /path?a=b*c [x] "quoted" (y):z',
    "OR NEAR AND NOT * ^ ~",
    "我用iPhone15拍的照片",
    "Café au lait, Straße",
    "👍🏽 ok",
    "a",
    "好",
)
QUERIES = (
    *("杭州", "杭", "住在杭州西", "州西边", "kubernetes", "KUBER", "ernet", "升级", "s 升", "别忘了"),
    *("서울", "울", "하세요", "東京", "タワ", "コーヒー", "飲", "XYLOPHONE", "xylo", "phone", "ck br", "q", "ph"),
    *("full width", "abc123", "ｆｕｌｌ", "1", "12"),
    *(
        "-",
        "'",
        "/",
        "=",
        "*",
        "[",
        "]",
        '"',
        "(",
        ":",
        "user-name's",
        "a=b*c",
        '"quoted"',
        "or",
        "near",
        "not *",
        "^ ~",
    ),
    *("iphone15拍", "拍的", "15", "cafe", "strasse", "👍", "a", "好", "zzz", "杭西", "%", "_", "\\", ";", "e\u0301"),
)


@pytest_asyncio.fixture
async def world(database: Database) -> AsyncIterator[SearchWorld]:
    opened = await SearchWorld.open(database)
    yield opened
    await opened.close()


def holding(keyword: str, texts: tuple[str, ...] | list[str] = TEXTS) -> list[str]:
    asked = term(keyword)
    return [] if asked is None else sorted(text for text in texts if asked.text in normal(text))


async def test_any_part_of_any_script_is_found(world: SearchWorld) -> None:
    for text in TEXTS:
        await world.say("a", "b", text)
    for query in QUERIES:
        assert sorted(await world.found("b", query, peer="a")) == holding(query), query
    for sign in map(chr, range(33, 127)):
        assert sorted(await world.found("a", sign, peer="b")) == holding(sign), sign
    for blank in ("", " ", "\t\n", "\u3000", "\0", "\u200b"):
        assert (await world.page("a", blank, peer="b")).total == 0
    assert sorted(await world.found("a", "杭州", "xylo", peer="b")) == sorted((TEXTS[0], TEXTS[4]))
    assert await world.found("a", "quick", "xylo", peer="b", any_of=False) == [TEXTS[4]]
    assert await world.found("a", "杭州", "xylo", peer="b", any_of=False) == []


async def test_random_texts_are_found_as_a_plain_comparison_finds_them(world: SearchWorld) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    signs = "aAbB1 -'\"*:(|&\\é杭州西湖東京タワ서울안녕👍ß\x01\x7f\x85\u2028\ufeff\ue020\u200b\u0301Ａ\u3000"
    texts = ["".join(dice.choices(signs, k=dice.randint(1, 14))) for _ in range(120)]
    for text in texts:
        await world.say("a", "b", text)
    for _ in range(80):
        text = dice.choice(texts)
        start = dice.randrange(len(text))
        query = text[start : start + dice.randint(1, 4)]
        if dice.random() < 0.3:
            query = query.swapcase()
        assert sorted(await world.found("a", query, peer="b")) == holding(query, texts), (seed, query)


async def test_pages_and_all_conversations(world: SearchWorld) -> None:
    await world.group("g", "a", "b")
    for number in range(7):
        await world.say("a", "b", f"needle {number}")
    await world.tell("a", "g", "needle in a group")
    await world.say("c", "b", "needle from c")
    found, before, total = [], None, -1
    while before != 0:
        from sodam.search.grams import terms
        from sodam.search.messages import Asked

        asked = Asked(terms(["needle"]), peer="b", size=3, total=total)
        page = await world.search.messages.search(
            world.app, "a", asked if before is None else asked._replace(before=before)
        )
        found += [msgspec.json.decode(m.body)[0]["MsgContent"]["Text"] for hits in page.hits for m in hits.messages]
        before, total = page.following, page.total
        assert total == 7
    assert found == [f"needle {number}" for number in reversed(range(7))]
    everything = await world.page("b", "needle")
    assert [(hits.peer, hits.group.group_id if hits.group else "", hits.number) for hits in everything.hits] == [
        ("c", "", 1),
        ("", "g", 1),
        ("a", "", 7),
    ]
    assert everything.total == 3
    first = await world.page("b", "needle", size=2)
    assert [len(first.hits), first.following > 0, first.total] == [2, True, 3]
    assert (await world.page("c", "needle")).total == 1
    by_sender = Asked([], peer="a", senders=("a",), size=100)
    assert (await world.search.messages.search(world.app, "b", by_sender)).total == 7
    no_such = Asked([], peer="a", elements=2, size=100)
    assert (await world.search.messages.search(world.app, "b", no_such)).total == 0


async def test_only_what_one_may_read_is_found_and_counted(world: SearchWorld) -> None:
    sent = [await world.say("a", "b", f"secret {number}") for number in range(5)]
    app = world.app
    await world.changes.delete_for(app, "b", "a", [place(sent[0])])
    await world.changes.withdraw(app, "a", "b", place(sent[1]), revoker="a", limit=False)
    await world.changes.modify(app, "a", "b", place(sent[2]), body=text_body("open now"))
    assert await world.found("b", "secret", peer="a") == ["secret 4", "secret 3"]
    assert await world.found("a", "secret", peer="b") == ["secret 4", "secret 3", "secret 0"]
    assert await world.found("b", "open", peer="a") == ["open now"]
    assert (await world.page("b", "secret")).hits[0].number == 2
    assert await world.found("c", "secret") == []
    assert await world.found("c", "secret", peer="a") == []
    await world.changes.hide(app, "b", "a", clear=True)
    assert await world.found("b", "secret") == []
    assert len(await world.found("a", "secret")) == 3


async def test_groups_show_what_their_history_shows(world: SearchWorld) -> None:
    app = world.app
    await world.group("g", "a", "b")
    await world.group("h", "a", kind="ChatRoom", history="On")
    for group in ("g", "h"):
        await world.tell("a", group, "before c came")
    await world.groups.members.add(app, APP, "g", ["c"])
    await world.groups.members.add(app, APP, "h", ["c"])
    await world.tell("a", "g", "for b alone", to=["b"])
    recalled = await world.tell("a", "g", "came by mistake")
    await world.groups.changes.recall(app, "g", [recalled.seq], revoker="a", as_member=True)
    mine = await world.tell("a", "g", "came for all")
    edited = await world.tell("a", "g", "came as a draft")
    await world.groups.changes.modify(app, "g", edited.seq, editor="a", body=text_body("final"), as_member=True)
    assert sorted(await world.found("c", "came")) == ["before c came", "came for all"]
    assert await world.found("c", "came", group="g") == ["came for all"]
    assert await world.found("c", "came", group="h") == ["before c came"]
    assert await world.found("b", "alone") == ["for b alone"]
    assert await world.found("c", "alone") == []
    assert await world.found("b", "final", group="g") == ["final"]
    await world.groups.changes.delete_for(app, "c", "g", [mine.seq])
    assert await world.found("c", "came", group="g") == []
    await world.groups.members.remove(app, Operator("a", admin=False), "g", ["b"], "", silent=True)
    assert await world.found("b", "came") == []
    assert await world.found("b", "came", group="g") == []
    await world.groups.destroy(app, APP, "h")
    assert await world.found("c", "came") == []
    rows = await world.db.fetch("SELECT COUNT(*) FROM search_doc WHERE app = $1 AND conv = 'h'", world.sdkappid)
    assert rows[0][0] == 0


async def test_switched_on_later_and_off_again(database: Database) -> None:
    world = await SearchWorld.open(database, on=False)
    try:
        await world.group("g", "a", "b")
        first = await world.say("a", "b", "early bird")
        await world.say("a", "b", "early recall")
        await world.tell("a", "g", "early group")
        assert (await world.db.fetch("SELECT COUNT(*) FROM search_doc WHERE kind < 3"))[0][0] == 0
        await world.switch(on=True)
        await world.say("b", "a", "early but later")
        await world.changes.modify(world.app, "a", "b", place(first), body=text_body("early bird, edited"))
        await world.search.building.app(world.app, now=True)
        await world.search.building.app(world.app, now=True)
        found = await world.found("a", "early")
        assert sorted(found) == ["early bird, edited", "early but later", "early group", "early recall"]
        assert (await world.search.building.progress(world.sdkappid)).messages_done
        await world.search.building.again(world.app)
        assert sorted(await world.found("a", "early")) == sorted(found)
        await world.switch(on=False)
        await world.search.building.app(world.app)
        assert await world.found("a", "early") == []
        assert (await world.search.people.accounts(world.sdkappid, [term("a")], any_of=True, count=9)).total == 1  # type: ignore[list-item]
    finally:
        await world.close()


LOST = {
    "all": "DELETE FROM search_doc",
    "the first": "DELETE FROM search_doc WHERE text LIKE 'first%'",
    "the last of a group": "DELETE FROM search_doc WHERE text = 'last to g'",
    "a name": "DELETE FROM search_doc WHERE kind = 3",
    "grams": "DELETE FROM search_gram WHERE rowid IN (SELECT id FROM search_doc WHERE kind < 3)",
    "texts under grams": "DROP TRIGGER search_doc_gone; DELETE FROM search_doc WHERE kind = 1",
}


@pytest.mark.parametrize("lost", LOST)
async def test_an_index_that_lacks_something_is_completed_at_the_next_start(
    world: SearchWorld, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    if lost in ("grams", "texts under grams") and world.db.engine == "postgres":
        return  # has them in one row
    monkeypatch.setattr(building, "_PAUSE", 0)
    await world.group("g", "a", "b")
    for words in ("first", "second", "last"):
        await world.say("a", "b", words)
        await world.tell("b", "g", f"{words} to g")
    await world.search.building.app(world.app, now=True)
    await world.search.building.app(world.app, now=True)
    assert await world.search.building.check(world.app)

    async def found() -> list[list[str]]:
        words = [sorted(await world.found("a", one)) for one in ("first", "second", "last")]
        named = await world.search.people.accounts(world.sdkappid, [term("a")], any_of=True, count=9)  # type: ignore[list-item]
        return [*words, [one.user_id for one in named.found]]

    before = await found()
    assert before[0] == ["first", "first to g"]
    for sql in LOST[lost].split("; "):
        await world.db.write(lambda tx, sql=sql: tx.execute(sql))  # type: ignore[misc]
    assert await found() != before
    parts = (world.db, world.apps, world.accounts, world.c2c.histories, world.groups)
    started = building.Building(*parts, lambda: time.time() + 120)
    await started._turn()
    await started._turn()
    assert await found() == before
    assert (await started.progress(world.sdkappid)).messages_done
    assert await started.check(world.app)


async def test_nothing_of_what_is_gone_is_left(world: SearchWorld) -> None:
    await world.say("a", "b", "to be purged")
    await world.say("a", "b", "to be kept a little")
    assert await retention.purge(world.db, world.sdkappid, int(world.c2c.now) + 10) == 2
    assert await world.found("a", "to be") == []
    rows = await world.db.fetch("SELECT COUNT(*) FROM search_doc WHERE app = $1 AND kind = 1", world.sdkappid)
    assert rows[0][0] == 0
    await world.accounts.delete(world.app, ["c"])
    assert (await world.search.people.accounts(world.sdkappid, [term("c")], any_of=True, count=9)).total == 0  # type: ignore[list-item]
    if world.db.engine == "sqlite":  # the inverted index has no word left that no text holds
        left = await world.db.fetch("SELECT COUNT(*) FROM search_gram_docsize")
        texts = await world.db.fetch("SELECT COUNT(*) FROM search_doc")
        assert left[0][0] == texts[0][0]


def test_grams() -> None:
    assert grams("杭州a") == {"杭州", "州a", "a"}
    assert grams("ab c") == {"ab\ue020", "b\ue020c", "c"}
    assert term("ab") == ("ab", ("ab",), True)
    assert term("杭州西湖") == ("杭州西湖", ("杭州", "州西", "西湖"), False)
    assert term(" \u200b ") is None
    assert normal("ＡＢ　Ｃ\0é") == "ab c e"
    every = "".join(map(chr, range(0x2000)))
    assert all(sign.isalnum() or not sign.isascii() for gram in grams(normal(every)) for sign in gram)


def test_what_of_a_message_is_searched() -> None:
    body = [
        {"MsgType": "TIMTextElem", "MsgContent": {"Text": "One"}},
        {"MsgType": "TIMFileElem", "MsgContent": {"FileName": "Plan.PDF"}},
        {"MsgType": "TIMCustomElem", "MsgContent": {"Data": "x", "Desc": "Y"}},
        {"MsgType": "TIMRelayElem", "MsgContent": {"Title": "T", "AbstractList": ["p", 5, "q"]}},
        {"MsgType": "TIMImageElem", "MsgContent": {"UUID": "no"}},
    ]
    assert searched(msgspec.json.encode(body)) == (1 + 16 + 64 + 256 + 2, "one\nplan.pdf\nx\ny\nt\np\nq")
    for odd in (
        b"",
        b"{}",
        b"[1]",
        b'[{"MsgType":5}]',
        b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":7}}]',
        b"\xff",
    ):
        assert searched(odd)[1] == ""


async def test_rare_and_frequent_grams_are_asked_for_otherwise_and_find_the_same(
    world: SearchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(SEED)
    await world.group("g", "a", "c")
    words = ("rare", "river", "iver", "common", "杭州", "州西", "x")
    for number in range(60):
        text = " ".join(dice.choices(words, k=dice.randint(1, 4)))
        if number % 3:
            await world.say(*dice.choice((("a", "b"), ("b", "c"), ("c", "a"))), text)
        else:
            await world.tell(dice.choice("ac"), "g", text)

    async def answers() -> list[object]:
        return [
            sorted(await world.found("a", *keywords, any_of=any_of, **place))
            for keywords in (("river",), ("rare", "common"), ("iver", "杭州"), ("州西", "x"), ("mon r",), ("r",))
            for any_of in (True, False)
            for place in ({}, {"peer": "c"}, {"group": "g"})
        ]

    by_rare = await answers()
    assert any(by_rare)
    monkeypatch.setattr(search_store, "_RARE", 1)
    assert await answers() == by_rare
    monkeypatch.setattr(search_store, "_RARE", 12)
    assert await answers() == by_rare


KIND = Kind.ONE_TO_ONE


async def test_walking_from_the_newest_finds_what_the_index_finds(
    world: SearchWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL alone walks; what SQLite finds is the measure for it, too: by pages, the newest first."""
    dice = random.Random(SEED)
    pairs = ("ab", "bc", "ca")
    for _ in range(150):
        words = dice.choices(("often", "seldom", "我们", "们在"), (8, 1, 8, 2), k=2)
        await world.say(*dice.choices(pairs, (8, 1, 1))[0], " ".join(words))
    walked = []

    async def counted(*args: Any, **more: Any) -> Any:
        walked.append(await store_walk.newest(*args, **more))
        return walked[-1]

    async def nothing(*_: Any, **__: Any) -> None: ...

    of_c = scope(world.sdkappid, USER, "c")

    async def pages() -> list[list[tuple[str, int]]]:
        found = []
        for keywords, any_of in ((("often",), True), (("我们", "often"), False), (("们",), True), (("seldom",), True)):
            for where, peers in ((scope(world.sdkappid, KIND, "a\x1fb"), ("a\x1fb",)), (of_c, ("b\x1fc", "a\x1fc"))):
                convs = tuple((int(KIND), conv) for conv in peers)
                wanted = Wanted(world.sdkappid, (KIND,), (where,), tuple(terms(keywords)), any_of, limit=4, convs=convs)
                while page := await search_store.find(world.db, wanted):
                    found.append([(one.conv, one.seq) for one in page])
                    wanted = wanted._replace(before=page[-1].id)
        return found

    monkeypatch.setattr(search_store, "newest", nothing)
    by_index = await pages()
    assert len(by_index) > 50
    monkeypatch.setattr(search_store, "newest", counted)
    monkeypatch.setattr(store_walk, "_WINDOW", 3)
    for sample in (5, 10, 50):
        monkeypatch.setattr(store_walk, "_SAMPLE", sample)
        assert await pages() == by_index
    if world.db.engine == "postgres":
        assert any(one is None for one in walked)
        assert sum(one is not None for one in walked) > 20
