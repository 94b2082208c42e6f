"""The same event told many times: what is proposed, and that neither side nor order of looking matters."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.case import Act, Case, Change
from services.triage.domain.incidents.proposing import Decided, Pair, pair_id, proposals
from services.triage.domain.incidents.rules import rules_from
from services.triage.domain.incidents.similar import likeness, same_place
from services.triage.domain.incidents.telling import Said, Telling, telling_of, tells_anew
from services.triage.incidents_data import load_incident_rules
from shared.events import CaseFacts
from shared.events.base import NAMESPACE
from shared.events.cases import CaseAct
from tests.unit.triage.make import CONVERSATION, START

RULES = load_incident_rules()
NOTHING = Decided({}, ())
INCIDENT = uuid5(NAMESPACE, "incident")


def a_case(number: int = 1, *, hours: float = 0, structure: str = "2020", **changes: Any) -> Case:
    """A report of violence in Ea Tu."""
    facts: dict[str, Any] = {
        "category": "tip",
        "topic": "violence",
        "urgency": "normal",
        "status": "open",
        "opened_at": START + timedelta(hours=hours),
        "commune_2020": "24154",
        "commune_2025": "24163",
    }
    own = {name: changes.pop(name) for name in list(changes) if name in facts | {"review": ()}}
    case = Case(UUID(int=number), number, f"{number:09d}", 1, CONVERSATION, CaseFacts(**facts | own))
    return replace(case, structure=structure, place="text", **changes)


def said(words: str, *candidates: str, topics: Sequence[str] = ()) -> Said:
    places = [{"commune_2020": code, "commune_2025": None, "p": 0.5} for code in candidates]
    return Said(words, {"candidates": places, "topics": list(topics)})


def told(number: int, words: str, *, hours: float = 0, **changes: Any) -> Telling:
    found = telling_of(a_case(number, hours=hours, **changes), [said(words)], RULES)
    assert found is not None
    return found


FIGHT = "có mấy thằng đánh nhau trước quán karaoke Hương Rừng"
THEFT = "trộm bẻ khóa lấy xe máy ở hẻm 12"
SAME_FIGHT = "danh lon truoc quan karaoke huong rung co cam dao"
GOATS = "hàng xóm ném đá làm gãy chân con dê nhà tui"


@pytest.mark.parametrize(
    ("topic", "one", "other", "hours"),
    [
        ("fire", "cháy nhà ở thôn 3 gần chợ, cứu với", "ae oi co dam chay to lam o gan cho thon 3", 0.2),
        ("violence", FIGHT, SAME_FIGHT, 1),
        ("noise", "đêm nào quán karaoke gần chợ cũng hát tới 1 2 giờ sáng", "karaoke gan cho hat om som 1h sang", 20),
        ("traffic", "xe tải tông xe máy ở ngã ba km 7 có người nằm đường", "tai nan nga 3 km7 xe tai can xe may", 0.3),
        ("environment", "đổ rác thải xuống suối Ea Nao cá chết trắng", "ca chet noi day suoi ea nao do xa thai", 60),
    ],
)
def test_one_event_in_different_words_is_proposed(topic: str, one: str, other: str, hours: float) -> None:
    alike = likeness(told(1, one, topic=topic), told(2, other, topic=topic, hours=hours), RULES)
    assert alike is not None
    assert "Cùng một xã, phường." in alike.reasons


@pytest.mark.parametrize(
    ("other", "hours"),
    [({}, 40), ({"commune_2020": "24118", "commune_2025": "24121"}, 1), ({"topic": "fraud"}, 1)],
    ids=["too late", "another commune", "another kind"],
)
def test_another_time_place_or_kind_is_another_event(other: dict[str, Any], hours: float) -> None:
    assert likeness(told(1, FIGHT), told(2, FIGHT, hours=hours, **other), RULES) is None


def test_other_words_some_hours_apart_are_another_event() -> None:
    assert likeness(told(1, FIGHT), told(2, GOATS, hours=9), RULES) is None


def test_two_villages_are_two_places_unless_the_words_say_otherwise() -> None:
    fire: dict[str, Any] = {"topic": "fire", "hours": 1}
    near = likeness(told(1, "cháy rẫy cà phê thôn 3", **fire), told(2, "chay ray ca phe thon 3", **fire), RULES)
    far = likeness(told(1, "cháy rẫy cà phê thôn 3", **fire), told(2, "chay nha bep thon 9 a", **fire), RULES)
    assert near is not None
    assert "Cùng nêu: thon 3." in near.reasons
    assert far is None


def test_an_unclear_report_may_tell_what_is_told_of_one_of_its_candidates() -> None:
    unclear = a_case(2, commune_2020=None, commune_2025=None)
    found = telling_of(unclear, [said(SAME_FIGHT, "24154", "24118")], RULES)
    assert found is not None
    alike = likeness(told(1, FIGHT), found, RULES)
    assert alike is not None
    assert "chưa rõ xã" in alike.reasons[0]
    assert not same_place(found, replace(found, case=UUID(int=9))), "two that are unclear tell no common place"


def test_across_the_change_of_structure_the_commune_of_today_decides() -> None:
    before, after = told(1, FIGHT), told(2, SAME_FIGHT, structure="2025", commune_2020=None)
    assert same_place(before, after)
    other_old = told(3, FIGHT, commune_2020="24157")
    assert not same_place(before, other_old), "two communes of 2020 are two places, though one commune today"


def test_what_tells_no_event_is_never_proposed() -> None:
    words = [said(FIGHT)]
    assert telling_of(a_case(category="admin_question", topic="residence"), words, RULES) is None
    assert telling_of(a_case(topic="service"), words, RULES) is None
    assert telling_of(a_case(commune_2020=None, commune_2025=None), words, RULES) is None
    assert telling_of(replace(a_case(), place="outside"), words, RULES) is None


def test_a_sealed_and_an_open_case_are_never_proposed_together() -> None:
    open_case, sealed = told(1, FIGHT), told(2, FIGHT, review=("conflict",))
    assert likeness(open_case, sealed, RULES) is None
    assert likeness(sealed, told(3, FIGHT, review=("conflict",)), RULES) is not None


def test_a_file_of_rules_that_cannot_be_right_is_refused() -> None:
    fields: dict[str, Any] = {
        "version": "1",
        "score": {"words": 0.5, "time": 0.5, "spot": 0.5, "from": 0.5, "elsewhere": 1, "chance": 0},
        "words": {"empty": "", "villages": [], "spots": []},
        "family": [{"slug": "a", "title": "a", "hours": 1, "topics": ["fire"]}],
    }
    with pytest.raises(ValueError, match="shares"):
        rules_from(fields)
    fields["score"]["spot"] = 0.0
    with pytest.raises(ValueError, match="twice"):
        rules_from(fields | {"family": fields["family"] * 2})
    with pytest.raises(ValueError, match="window"):
        rules_from(fields | {"family": [fields["family"][0] | {"hours": 0}]})


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SOME_WORDS = (
    "danh",
    "nhau",
    "truoc",
    "quan",
    "karaoke",
    "huong",
    "rung",
    "cam",
    "dao",
    "thon",
    "3",
    "5",
    "buon",
    "cho",
)
WORDS = st.lists(
    st.sampled_from(SOME_WORDS),
    min_size=1,
    max_size=10,
).map(" ".join)


def a_telling(number: int, words: str, hours: float, commune: str, topic: str, review: tuple[str, ...]) -> Telling:
    return told(number, words, hours=hours, commune_2020=commune, topic=topic, review=review)


TELLINGS = st.builds(
    a_telling,
    st.integers(1, 10**6),
    WORDS | st.text(max_size=60),
    st.floats(0, 60),
    st.sampled_from(["24154", "24118"]),
    st.sampled_from(["violence", "public_order", "fire", "theft"]),
    st.sampled_from([(), (), ("conflict",)]),
)


@given(TELLINGS, TELLINGS)
def test_likeness_is_the_same_from_either_side(one: Telling, other: Telling) -> None:
    first, second = likeness(one, other, RULES), likeness(other, one, RULES)
    assert first == second
    assert first is None or 0 <= first.score <= 1
    assert pair_id(one.case, other.case) == pair_id(other.case, one.case)


def looked_at(order: Sequence[Telling], sizes: Sequence[int], decided: Decided) -> dict[UUID, tuple[UUID, float]]:
    """What stands after the cases became known in this order, so many at a time."""
    known: dict[UUID, Telling] = {}
    standing: dict[UUID, Pair] = {}
    left = list(order)
    for size in [*sizes, len(order)]:
        batch, left = left[:size], left[size:]
        known |= {telling.case: telling for telling in batch}
        for case, pair in proposals(batch, known, standing, decided, RULES).items():
            if pair is None:
                standing.pop(case, None)
            else:
                standing[case] = pair
    return {case: (pair.earlier, pair.score) for case, pair in standing.items()}


@given(
    st.lists(TELLINGS, max_size=9, unique_by=lambda t: t.case),
    st.lists(st.integers(1, 3), max_size=5),
    st.randoms(use_true_random=False),
)
def test_in_whatever_order_cases_come_the_same_is_proposed(
    tellings: list[Telling], sizes: list[int], chance: random.Random
) -> None:
    shuffled = list(tellings)
    chance.shuffle(shuffled)
    at_once = looked_at(tellings, [len(tellings)], NOTHING)
    assert looked_at(shuffled, sizes, NOTHING) == at_once
    assert looked_at([*shuffled, *tellings], sizes, NOTHING) == at_once, "looked at again, nothing changes"


@given(st.lists(TELLINGS, min_size=2, max_size=9, unique_by=lambda t: t.case))
def test_a_case_has_one_proposal_at_most_and_only_with_an_earlier_one(tellings: list[Telling]) -> None:
    by_case = {telling.case: telling for telling in tellings}
    for later, (earlier, _) in looked_at(tellings, [], NOTHING).items():
        assert by_case[earlier].order < by_case[later].order


# ── what persons decided ─────────────────────────────────────────────────────────────────────────────────────────


def three() -> list[Telling]:
    return [told(1, FIGHT), told(2, FIGHT, hours=1), told(3, FIGHT, hours=2)]


def test_a_refused_pair_is_not_proposed_again_but_another_may_be() -> None:
    refused = Decided({}, [(UUID(int=1), UUID(int=3))])
    assert looked_at(three(), [], refused)[UUID(int=3)][0] == UUID(int=2)


def test_a_refusal_holds_for_the_whole_incident() -> None:
    decided = Decided({INCIDENT: [UUID(int=1), UUID(int=2)]}, [(UUID(int=1), UUID(int=3))])
    assert UUID(int=3) not in looked_at(three(), [], decided)


def test_of_an_incident_only_its_first_case_seeks_further() -> None:
    second_and_third = looked_at(three(), [], Decided({INCIDENT: [UUID(int=2), UUID(int=3)]}, ()))
    assert second_and_third == {UUID(int=2): (UUID(int=1), 0.992)}, "confirmed in whatever order, all come together"
    first_and_third = looked_at(three(), [], Decided({INCIDENT: [UUID(int=1), UUID(int=3)]}, ()))
    assert set(first_and_third) == {UUID(int=2)}
    assert looked_at(three(), [], Decided({INCIDENT: [UUID(int=1), UUID(int=2), UUID(int=3)]}, ())) == {}


def test_a_proposal_that_is_no_longer_true_is_taken_back() -> None:
    one, two, _ = three()
    standing = {two.case: Pair(two.case, one.case, 0.9, one.at)}
    elsewhere = told(2, FIGHT, hours=1, commune_2020="24118", commune_2025="24121")
    found = proposals([elsewhere], {one.case: one, two.case: elsewhere}, standing, NOTHING, RULES)
    assert found == {two.case: None}


@pytest.mark.parametrize(
    ("words", "topic", "hours", "spoken"),
    [
        (FIGHT, "violence", 0.5, "30 phút (xét trong 36 giờ)"),
        (FIGHT, "violence", 1, "1 giờ (xét trong 36 giờ)"),
        (THEFT, "theft", 48, "48 giờ (xét trong 7 ngày)"),
        (THEFT, "theft", 72, "3 ngày (xét trong 7 ngày)"),
    ],
)
def test_times_are_told_in_the_words_people_use(words: str, topic: str, hours: float, spoken: str) -> None:
    near = likeness(told(1, words, topic=topic), told(2, words, hours=hours, topic=topic), RULES)
    assert near is not None
    assert near.reasons[2] == f"Báo cách nhau {spoken}."


@pytest.mark.parametrize(
    ("act", "before", "after", "anew"),
    [
        ("message_added", "tip", "tip", True),
        ("corrected", "tip", "admin_question", True),
        ("opened", None, "admin_question", False),
        ("answered", "tip", "tip", False),
        ("resolved", "tip", "tip", False),
    ],
)
def test_a_case_is_looked_at_anew_when_it_may_tell_something_else(
    act: CaseAct, before: str | None, after: str, anew: bool
) -> None:
    then = a_case(1, category=before) if before else None
    now = a_case(1, category=after)
    done = Act(act, START, "ca.ea-tu", 2, then.facts if then else None, now.facts)
    assert tells_anew(Change(then, now, (done,))) is anew
    assert not tells_anew(Change(then, replace(now, kind="data_request"), (done,)))
