"""Training text: its format, and what the issue asks of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.understanding import Category, Speaker, Turn, Urgency
from services.triage.training.texts import FOLDER, Example, TextInvalid, read_lines, read_texts, write_line
from services.triage.understanding_data import load_lexicon

WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="‖|\\"), min_size=1, max_size=12)
SAID = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
EXAMPLES = st.builds(
    Example,
    hand=st.just("hand"),
    text=SAID.filter(lambda text: not text.startswith("#")),
    conversation=st.lists(st.builds(Turn, st.sampled_from(Speaker), SAID), max_size=3).map(tuple),
    category=st.sampled_from(Category),
    also=st.just(()),
    topics=st.sampled_from([("theft",), ("fire", "forest")]),
    urgency=st.sampled_from(Urgency),
    act=st.sampled_from(["", "report", "ask"]),
    procedure=st.sampled_from([None, "passport", "none_of_these"]),
    language=st.sampled_from(["vi", "rad"]),
    flags=st.sampled_from([frozenset(), frozenset({"conflict", "hard"})]),
)


@given(EXAMPLES)
def test_a_line_reads_as_what_was_written(example: Example) -> None:
    assert list(read_lines("hand", [write_line(example)])) == [example]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("tip;theft;normal;report mất xe", "not category"),
        ("theft;tip;normal;report | mất xe", "theft"),
        ("tip;theft;soon;report | mất xe", "soon"),
        ("tip;theft;normal;report;wh@t | mất xe", "wh@t"),
        ("tip;theft,trom;normal;report | mất xe", "no such topic: trom"),
    ],
)
def test_a_line_that_is_none_says_where_and_why(line: str, why: str) -> None:
    with pytest.raises(TextInvalid, match=f"hand, line 2: .*{why}"):
        list(read_lines("hand", ["# who writes", line]))


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_texts()


def test_there_is_much_text_by_many_hands(examples: list[Example]) -> None:
    hands = Counter(example.hand for example in examples)
    assert len(examples) >= 8_000
    assert len(hands) >= 12
    assert max(hands.values()) < 0.15 * len(examples)


def test_half_is_written_without_diacritics(examples: list[Example]) -> None:
    assert 0.35 <= sum(example.text.isascii() for example in examples) / len(examples) <= 0.65


def test_a_fifth_only_looks_like_what_it_is_not(examples: list[Example]) -> None:
    assert sum("hard" in example.flags for example in examples) >= len(examples) / 5


def test_each_procedure_is_asked_about_twenty_times(examples: list[Example]) -> None:
    asked = Counter(example.procedure for example in examples)
    assert all(asked[slug] >= 20 for slug in load_lexicon().procedures)


def test_conflict_feedback_and_spam_are_there_in_number(examples: list[Example]) -> None:
    categories = Counter(example.category for example in examples)
    assert sum("conflict" in example.flags for example in examples) >= 300
    assert categories[Category.FEEDBACK] >= 400
    assert categories[Category.SPAM] >= 400


def test_every_label_is_one_of_the_guides(examples: list[Example]) -> None:
    lexicon = load_lexicon()
    slugs = {*lexicon.procedures, "none_of_these", None}
    assert {topic for example in examples for topic in example.topics} <= set(lexicon.topics)
    assert {example.procedure for example in examples} <= slugs
    assert all(
        example.urgency is not Urgency.CRITICAL or example.category is Category.EMERGENCY for example in examples
    )


def test_every_hand_says_who_writes() -> None:
    assert all(path.read_text(encoding="utf-8").startswith("#") for path in FOLDER.glob("*.txt"))
