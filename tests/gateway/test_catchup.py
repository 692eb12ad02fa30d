"""The catch-up machine alone: no message is lost, none counts twice, whatever arrives when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sodam.gateway.catchup import HOLD_SECONDS, CatchUp, Round, unread_numbers
from sodam.notices import Kind, Notice, Place


def message(
    seq: int, *, second: int = 100, sender: str = "amy", kind: Kind = Kind.MESSAGE, counts: bool = True
) -> Notice:
    return Notice(b"%d" % seq, kind, Place(sender, "bob", seq, seq, second, seq, counts))


def held(catch_up: CatchUp, *notices: Notice) -> None:
    assert catch_up.held is not None
    catch_up.held.extend(notices)


def bodies(notices: list[Notice]) -> list[int]:
    return [int(notice.body) for notice in notices]


def keys(*seqs: int) -> set[tuple[str, str, int, int, int]]:
    return {("amy", "bob", seq, seq, 100) for seq in seqs}


def due(catch_up: CatchUp, round_: Round) -> list[Notice]:
    """The round was answered, and the client has had its moments over the answer."""
    plan = catch_up.planned(round_)
    return [] if plan is None else catch_up.due(plan)


def test_what_the_last_page_carries_is_dropped_and_the_rest_goes_once() -> None:
    catch_up = CatchUp()
    catch_up.hold(0)
    held(catch_up, message(1))
    round_ = catch_up.begin(1)
    held(catch_up, message(2), message(3), message(9, kind=Kind.TRANSIENT), Notice(b"7"))
    round_.looked()
    held(catch_up, message(4))
    round_.drop(keys(2))
    assert [place.seq for place in round_.counted("bob", {"amy": 3})] == [3], "1 and 2 were carried, 4 came later"
    assert bodies(due(catch_up, round_)) == [3, 9, 7, 4]
    assert catch_up.held is None
    assert due(catch_up, round_) == []


def test_a_later_round_ends_the_plan_of_the_one_before() -> None:
    """The client asks again before what was held has gone: the second answer may carry it, at other places."""
    catch_up = CatchUp()
    first = catch_up.begin(0)
    held(catch_up, message(1), message(2), message(3))
    first.looked()
    first.drop(keys(1))
    second = catch_up.begin(0.1)
    held(catch_up, message(4))
    assert due(catch_up, first) == []
    second.looked()
    second.drop(keys(2, 3))
    assert bodies(due(catch_up, second)) == [4]


def test_a_second_that_pages_are_past_is_not_carried() -> None:
    catch_up = CatchUp()
    catch_up.hold(0)
    held(catch_up, message(1, second=50), message(2, second=51))
    round_ = catch_up.begin(0)
    round_.looked()
    round_.drop(set(), past=50)
    assert [place.seq for place in round_.counted("bob", {})] == [1], "the numbers, read later, count it"
    assert bodies(due(catch_up, round_)) == [1]


def test_nothing_goes_while_the_list_is_read() -> None:
    catch_up = CatchUp()
    round_ = catch_up.begin(0)
    held(catch_up, message(1))
    catch_up.listing()
    assert due(catch_up, round_) == []
    catch_up.listing()
    assert catch_up.listed() is None
    assert catch_up.listed() is round_, "planned anew"
    assert bodies(due(catch_up, round_)) == [1]
    catch_up.listing()
    assert catch_up.listed() is None


def test_the_list_has_the_clients_moments_for_itself() -> None:
    """Answered shortly before the round's moments are over, it would be overtaken by what the round held."""
    catch_up = CatchUp()
    catch_up.listing()
    round_ = catch_up.begin(0)
    held(catch_up, message(1))
    before = catch_up.planned(round_)
    assert before is not None
    assert catch_up.listed() is round_
    after = catch_up.planned(round_)
    assert catch_up.due(before) == []
    assert after is not None
    assert bodies(catch_up.due(after)) == [1]


def test_a_list_before_the_answer_plans_nothing() -> None:
    catch_up = CatchUp()
    round_ = catch_up.begin(0)
    catch_up.listing()
    assert catch_up.listed() is None
    held(catch_up, message(1))
    assert bodies(due(catch_up, round_)) == [1]


def test_what_is_older_than_the_list_shows_stays_in_the_numbers() -> None:
    """The client announces it, but does not count it."""
    catch_up = CatchUp()
    catch_up.hold(0)
    held(catch_up, message(1, second=50), message(2, second=51))
    round_ = catch_up.begin(0)
    catch_up.shown({"amy": 51})
    assert [place.seq for place in round_.counted("bob", {"amy": 2})] == [2]
    assert bodies(due(catch_up, round_)) == [1, 2]
    catch_up.hold(9)
    held(catch_up, message(3, second=50))
    assert [place.seq for place in catch_up.begin(9).counted("bob", {"amy": 3})] == [3], "that was another list"


def test_the_deadline_begins_anew_with_every_page() -> None:
    catch_up = CatchUp()
    catch_up.hold(0)
    assert catch_up.deadline == HOLD_SECONDS
    catch_up.begin(4)
    assert catch_up.deadline == 4 + HOLD_SECONDS


def test_who_signed_out_gets_nothing() -> None:
    catch_up = CatchUp()
    round_ = catch_up.begin(0)
    held(catch_up, message(1))
    catch_up.clear()
    assert due(catch_up, round_) == []
    assert catch_up.release() == []
    assert Round([]).counted("bob", {"amy": 9}) == []


def test_numbers_leave_out_what_is_pushed_behind_them() -> None:
    pushed = [
        Place("amy", "bob", 1, 1, 1, 1, counts=True),
        Place("amy", "bob", 2, 2, 1, 2, counts=False),
        Place("bob", "amy", 3, 3, 1, 3, counts=True),
        Place("cat", "bob", 1, 1, 1, 1, counts=True),
    ]
    assert unread_numbers("bob", {"amy": 3, "dan": 0, "eve": 0}, pushed, ["eve", "fay"]) == {"amy": 2, "eve": 0}


def test_a_conversation_with_oneself_says_nothing_of_others() -> None:
    catch_up = CatchUp()
    round_ = catch_up.begin(0)
    round_.looked()
    held(catch_up, message(5))
    assert round_.counted("bob", {"bob": 90, "amy": 4}) == []


# What a server does in one round, in any order that can come about: messages arrive (each is stored, then held), pages
# are read, numbers are read, the client asks again before or after its pushes went.
_STEPS = st.lists(
    st.sampled_from(["arrive", "begin", "page", "numbers", "answer", "due", "listing", "listed"]), max_size=60
)


@given(_STEPS)
def test_every_message_is_carried_or_pushed_and_counts_once(steps: list[str]) -> None:
    """A client that adds 1 for each push and takes the numbers of answers as they are, ends with the true number."""
    catch_up = CatchUp()
    catch_up.hold(0)
    stored = 0
    client_has: set[int] = set()
    client_unread = 0
    cookie = 0
    this: Round | None = None
    page: set[int] | None = None
    numbers: int | None = None
    planned: list[int] = []
    answered: Round | None = None
    listings = 0

    def pushed(notices: list[Notice]) -> None:
        nonlocal client_unread
        for number in bodies(notices):
            assert number not in client_has or number <= cookie, "nothing is pushed that was carried"
            client_has.add(number)
            client_unread += 1

    for step in [*steps, "begin", "page", "numbers", "answer", "listed", "listed", "due", "due"]:
        if step == "arrive":
            stored += 1
            if catch_up.held is None:
                pushed([message(stored)])
            else:
                held(catch_up, message(stored))
        elif step == "begin":
            this, page, numbers = catch_up.begin(0), None, None
            start = stored
        elif step == "page" and this is not None and page is None:
            page = set(range(cookie + 1, stored + 1))
            this.looked()
        elif step == "numbers" and this is not None and page is not None and numbers is None:
            numbers = stored
        elif step == "answer" and this is not None and page is not None and numbers is not None:
            this.drop(keys(*page))
            counted = this.counted("bob", {"amy": numbers})
            client_unread = unread_numbers("bob", {"amy": numbers}, counted, ["amy"])["amy"]
            client_has |= page
            cookie = start
            answered, this = this, None
            if (plan := catch_up.planned(answered)) is not None:
                planned.append(plan)
        elif step == "due" and planned:
            if (notices := catch_up.due(planned[-1])) and this is None:
                pushed(notices)
            elif notices:
                raise AssertionError("a round under way ends every plan")
        elif step == "listing" and listings < 2:
            listings += 1
            catch_up.listing()
        elif step == "listed" and listings:
            listings -= 1
            if (again := catch_up.listed()) is not None:
                assert again is answered, "a round that was not answered has no plan"
                if (plan := catch_up.planned(again)) is not None:
                    planned.append(plan)
    assert client_has == set(range(1, stored + 1))
    assert client_unread == stored
