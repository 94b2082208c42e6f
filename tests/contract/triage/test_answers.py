"""The answers to procedures, as they stand in the data: complete, short, sourced, and silent on what is not sure."""

import tomllib
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from services.triage.domain.answers import (
    LONGEST_TEXT,
    PARTS,
    AnswerPolicy,
    Entry,
    automatic_text,
    doubts,
    knowledge_from,
)
from services.triage.domain.heard import Wanted
from services.triage.domain.replies import LONGEST_ANSWER
from services.triage.knowledge import DATA, load_knowledge
from services.triage.understanding_data import procedure_rows

KNOWLEDGE = load_knowledge()
ENTRIES = [pytest.param(entry, id=slug) for slug, entry in KNOWLEDGE.items()]
TODAY = date(2026, 11, 24)
SURE = AnswerPolicy(automatic=True, surest=0.97)
WAYS_TO_ASK = [(), *((part,) for part in PARTS), *combinations(PARTS, 2)]
UNIT = "Công an phường Buôn Ma Thuột"


def wanted(entry: Entry, *parts: str) -> Wanted:
    return Wanted(entry.procedure, 1.0, parts, plain=True)


def test_every_one_of_the_forty_has_its_entry_and_there_is_no_other() -> None:
    assert len(KNOWLEDGE) == 40
    assert set(KNOWLEDGE) == {row["slug"] for row in procedure_rows()}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_its_law_and_a_text_in_both_languages_that_fits_a_small_screen(entry: Entry) -> None:
    assert entry.law.vi
    assert entry.law.en
    assert all(part.vi and part.en for part in entry.parts.values())
    for parts in WAYS_TO_ASK:
        assert 80 < len(entry.text(parts, "vi")) <= LONGEST_TEXT
        assert 60 < len(entry.text(parts, "en")) <= LONGEST_TEXT
    assert len(automatic_text(entry, wanted(entry), code="482 913 705", unit=UNIT)) <= LONGEST_ANSWER


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_to_be_checked_is_in_no_text(entry: Entry) -> None:
    unsure = [part for part in entry.parts.values() if part.check]
    for parts in WAYS_TO_ASK:
        told = automatic_text(entry, wanted(entry, *parts), code="482 913 705", unit=UNIT)
        assert not any(part.vi in told or part.vi in entry.text(parts, "vi") for part in unsure)
        assert not any(part.en in entry.text(parts, "en") for part in unsure)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_to_be_checked_never_answers_by_itself(entry: Entry) -> None:
    if entry.check or entry.valid_from is None:
        assert all(doubts(entry, wanted(entry, *parts), TODAY, SURE) for parts in WAYS_TO_ASK)
    for name, part in entry.parts.items():
        if part.check:
            assert doubts(entry, wanted(entry, name), TODAY, SURE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_fee_and_no_document_is_told_before_a_person_has_looked_it_up(entry: Entry) -> None:
    for part in ("fee", "documents"):
        assert entry.parts[part].check
        assert doubts(entry, wanted(entry, part), TODAY, SURE)
    assert "xin xem niêm yết" in entry.text((), "vi")


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_answer_by_itself_is_marked_dated_sourced_and_shows_the_way_to_a_person(entry: Entry) -> None:
    text = automatic_text(entry, wanted(entry), code="482 913 705", unit=UNIT)
    assert text.startswith("Trả lời tự động")
    assert entry.law.vi in text
    assert "GẶP CÁN BỘ" in text
    assert "không nhận hồ sơ, ảnh giấy tờ tùy thân hay tiền" in text
    assert text.endswith("Thông tin này có giúp được ông/bà không? (1 có · 2 chưa)")
    if not doubts(entry, wanted(entry), TODAY, SURE):
        assert entry.valid_from is not None
        assert f"theo quy định hiện hành từ {entry.valid_from:%d/%m/%Y}" in text
        assert f"as it stands since {entry.valid_from.isoformat()}" in entry.text((), "en")
        assert entry.valid_from <= TODAY


@pytest.mark.parametrize("entry", ENTRIES)
def test_nobody_is_told_that_no_visit_is_needed(entry: Entry) -> None:
    """The ministry's list says what is filed online in full; whether somebody must still come is nowhere said."""
    for part in entry.parts.values():
        assert "không phải đến" not in part.vi
        assert "no visit" not in part.en


def test_a_list_of_trades_says_no_more_than_its_source() -> None:
    where = KNOWLEDGE["security-conditions-certificate"].parts["where"]
    assert where.vi.endswith("bảo vệ, vật liệu nổ.")
    assert where.en.endswith("guards, explosives.")


def test_the_sure_ones_are_these() -> None:
    """Whoever makes another answer by itself says so here too."""
    sure = {slug for slug, entry in KNOWLEDGE.items() if not doubts(entry, wanted(entry), TODAY, SURE)}
    assert sure == {
        "permanent-residence-registration",
        "temporary-residence-registration",
        "temporary-residence-extension",
        "permanent-residence-deletion",
        "temporary-residence-deletion",
        "residence-confirmation",
        "temporary-absence-declaration",
        "identity-card-first-issue",
        "identity-card-under-14",
        "identity-card-replacement",
        "identity-card-reissue",
        "identity-number-confirmation",
        "population-data-correction",
        "traffic-fine",
        "criminal-record-certificate",
        "passport",
        "security-conditions-certificate",
    }


def test_an_entry_is_not_told_before_its_day_or_after_its_last() -> None:
    entry = KNOWLEDGE["passport"]
    assert doubts(entry, wanted(entry), date(2026, 6, 30), SURE)
    assert not doubts(entry, wanted(entry), date(2026, 7, 1), SURE)


def test_the_version_of_a_text_changes_with_its_words() -> None:
    one, other = KNOWLEDGE["passport"], KNOWLEDGE["traffic-fine"]
    assert one.version != other.version
    assert one.version.startswith(one.checked_on.isoformat())


def files() -> dict[str, dict[str, object]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(Path(DATA / "answers").glob("*.toml"))}


def test_a_file_that_is_missing_misnamed_or_too_long_is_refused() -> None:
    good, rows = files(), procedure_rows()
    missing = {slug: data for slug, data in good.items() if slug != "passport"}
    misnamed = good | {"passport": good["traffic-fine"]}
    long = good | {"passport": good["passport"] | {"where": {"vi": "x" * LONGEST_TEXT, "en": "x"}}}
    for bad in (missing, misnamed, long):
        with pytest.raises(ValueError, match="data/answers"):
            knowledge_from(bad, rows)


def test_no_file_has_a_field_that_nobody_reads() -> None:
    known = {"procedure", "checked_on", "valid_from", "valid_to", "check", "law", *PARTS}
    for slug, data in files().items():
        assert set(data) <= known, slug
        for name in ("law", *PARTS):
            fields = data.get(name, {})
            assert isinstance(fields, dict)
            assert set(fields) <= {"vi", "en", "check", "basis"}, (slug, name)
