"""The learnt model as a value: scored, kept, read again."""

import numpy as np
import pytest

from services.triage.domain.understanding.features import Features
from services.triage.domain.understanding.judgement import HEADS, Judge
from services.triage.domain.understanding.model import Head, Model, Weights, from_arrays, quantised, to_arrays
from services.triage.understanding_data import MODEL, load_lexicon, load_model

TABLE, SCALE = quantised(np.array([[2.0, -2.0, 1.0], [0.0, 1.0, 0.5], [-1.0, 0.5, 3.0]], dtype=np.float32))
WEIGHTS = Weights(
    version="v",
    names=({"chay": 0}, {"cháy": 1}, {"now": 2}),
    table=TABLE,
    scale=SCALE,
    bias=np.array([0.1, 0.0, -1.0], dtype=np.float32),
    heads={"fire": Head("fire", ("no", "yes"), 0), "now": Head("now", ("yes",), 2, (0.0, 0.5, 1.0), (0.1, 0.4, 0.9))},
)


def seen(*letters: str, words: tuple[str, ...] = (), signs: tuple[str, ...] = ()) -> Features:
    return Features(frozenset(letters), frozenset(words), frozenset(signs))


def test_shares_of_a_head_sum_to_one_and_a_yes_or_no_head_has_its_own() -> None:
    (answers,) = Model(WEIGHTS).answers([seen("chay", signs=("now",))])
    assert answers.of("fire", "no") + answers.of("fire", "yes") == pytest.approx(1)
    assert 0 < answers.of("now") < 1
    assert answers.of("fire", "never seen") == 0


def test_a_message_is_scored_the_same_alone_and_in_a_batch() -> None:
    batch = [seen("chay"), seen(), seen(words=("cháy",)), seen("unknown")]
    together = Model(WEIGHTS).answers(batch)
    alone = [Model(WEIGHTS).answers([each])[0] for each in batch]
    assert all(np.allclose(one.shares, other.shares) for one, other in zip(together, alone, strict=True))


def test_eight_bits_lose_little_of_a_weight() -> None:
    weights = np.random.default_rng(0).normal(size=(200, 7)).astype(np.float32)
    table, scale = quantised(weights)
    assert np.abs(table * scale - weights).max() <= np.abs(weights).max() / 127


def test_what_is_kept_is_read_again_the_same() -> None:
    again = from_arrays(to_arrays(WEIGHTS))
    assert again.heads == WEIGHTS.heads
    assert again.names == WEIGHTS.names
    assert again.version == "v"
    assert np.array_equal(again.table, WEIGHTS.table)


def test_calibration_is_read_between_its_points() -> None:
    head = WEIGHTS.heads["now"]
    assert head.calibrated(0.25) == pytest.approx(0.25)
    assert head.calibrated(0.75) == pytest.approx(0.65)


def test_a_model_that_cannot_answer_all_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no head for act, asks_too, category"):
        Judge(Model(WEIGHTS), load_lexicon())


def test_a_file_of_another_format_is_refused() -> None:
    arrays = dict(to_arrays(WEIGHTS))
    arrays["about"] = np.frombuffer(b'{"format": 99, "version": "v", "heads": []}', dtype=np.uint8)
    with pytest.raises(ValueError, match="format 99"):
        from_arrays(arrays)


def test_the_products_own_model_answers_all_and_is_small() -> None:
    assert load_model().heads.keys() >= HEADS
    assert MODEL.stat().st_size < 20e6
