"""Word lists that hint."""

from services.triage.domain.understanding.hints import Hints, quotes
from services.triage.domain.understanding.reading import read
from services.triage.understanding_data import load_lexicon


def found(text: str) -> list[str]:
    return sorted(name for hint in HINTS.found(read(text, {})) for name in hint.lists)


HINTS = Hints({"topic fire": ["cháy nhà", "khói"], "topic traffic": ["chạy ẩu"], "manner now": ["khói"]})


def test_a_hint_is_found_as_typed_where_diacritics_are_and_bare_where_they_are_not() -> None:
    assert found("Cháy nhà rồi") == ["topic fire"]
    assert found("chay nha roi") == ["topic fire"]
    assert found("chày nhà rồi") == []


def test_an_entry_of_two_lists_hints_at_both() -> None:
    assert found("có khói") == ["manner now", "topic fire"]


def test_quotes_are_as_written_and_none_lies_in_another() -> None:
    hints = Hints({"topic fire": ["Cháy nhà", "cháy", "khói đen"]}).found(read("chay nha roi khoi den mu mit", {}))
    assert quotes(hints, "topic fire") == ("Cháy nhà", "khói đen")


def test_every_topic_and_every_procedure_of_the_guide_has_its_list() -> None:
    lexicon = load_lexicon()
    by_objects = {procedure.topic for procedure in lexicon.procedures.values()}  # their words are the procedures' lists
    assert {f"topic {slug}" for slug in lexicon.topics.keys() - by_objects} <= lexicon.hints.names
    assert {f"procedure {slug}" for slug in lexicon.procedures} <= lexicon.hints.names


def test_one_syllable_without_its_marks_is_too_many_other_words() -> None:
    assert Hints({"manner official_act": ["ém"]}).found(read("cho em hoi", {})) == []
