"""Learning: the same text gives the same weights, and they know what they have read."""

import numpy as np
import pytest

from services.triage.domain.understanding.model import Model, to_arrays
from services.triage.training.evaluation import read_evaluation
from services.triage.training.fit import QUESTIONS, Seen, fit, see
from services.triage.training.learn import version_of
from services.triage.training.retrain import Worth, against, is_held_back
from services.triage.training.texts import Example, read_texts
from services.triage.understanding_data import lexicon_digest, load_lexicon, load_model
from shared.text import fold

SOME = tuple(question for question in QUESTIONS if question.name in {"category", "emergency"})


@pytest.fixture(scope="module")
def seen() -> Seen:
    return see(read_texts()[::25], load_lexicon())


def test_the_same_text_gives_the_same_weights(seen: Seen) -> None:
    one, other = (to_arrays(fit(seen, "v", SOME, told=lambda _: None)) for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_model_knows_most_of_what_it_has_read(seen: Seen) -> None:
    model = Model(fit(seen, "v", SOME, told=lambda _: None))
    answers = model.answers(seen.written)
    right = sum(a.best("category")[0] == e.category for a, e in zip(answers, seen.examples, strict=True))
    assert right > 0.95 * len(seen.examples)


def test_the_model_in_the_product_is_of_the_text_and_the_words_in_the_product() -> None:
    assert load_model().version == version_of(read_texts(), lexicon_digest()), "run `make model`"


def test_no_message_of_the_evaluation_was_learnt_from() -> None:
    learnt = {fold(example.text).strip() for example in read_texts() if len(example.text.split()) > 3}
    assert not [message.id for message, _ in read_evaluation() if fold(message.text).strip() in learnt]


def test_the_evaluation_is_large_and_has_every_kind() -> None:
    rights = [right for _, right in read_evaluation()]
    assert len(rights) >= 800
    assert {right["category"] for right in rights} == {
        "emergency",
        "tip",
        "admin_question",
        "feedback",
        "other",
        "spam",
    }
    assert {right["place"] for right in rights} == {"text", "page", "conversation", "outside", "ambiguous", "none"}


def worth(category: float, topic: float, **figures: float) -> Worth:
    standing = {
        "emergency recall": 0.97,
        "conflict recall": 0.9,
        "category macro-F1": 0.9,
        "topic": 0.8,
        "procedure": 0.9,
    }
    return Worth(
        "v", {**standing, **{name.replace("_", " "): value for name, value in figures.items()}}, category, topic
    )


def test_a_model_takes_over_only_if_it_learnt_and_misses_no_more_emergencies() -> None:
    old = worth(0.5, 0.5)
    assert against(old, worth(0.6, 0.5)) == ()
    assert len(against(old, worth(0.5, 0.5))) == 1
    assert "emergency recall" in against(old, worth(0.9, 0.9, emergency_recall=0.96))[0]


def test_about_a_third_of_corrections_is_held_back_and_always_the_same_ones() -> None:
    examples: list[Example] = read_texts()[:900]
    held = [is_held_back(each) for each in examples]
    assert 0.25 <= sum(held) / len(held) <= 0.42
    assert held == [is_held_back(each) for each in examples]
