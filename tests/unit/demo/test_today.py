"""The trickle's people, and the spans that `make trace` reads."""

import json
from collections import Counter
from pathlib import Path

from deploy.demo.province import folder, read_pages
from deploy.demo.spans import Span, read_spans, way_of
from deploy.demo.today import Deed, Today, names_of_today
from deploy.demo.trace import tree_of

PAGES, NAMES = read_pages(), names_of_today(folder())


def deeds(count: int, seed: int = 1) -> list[Deed]:
    today = Today(PAGES, NAMES, seed)
    return [today.deed(number) for number in range(count)]


def test_the_same_seed_and_number_are_the_same_deed() -> None:
    assert deeds(50) == deeds(50)
    assert deeds(50, seed=2) != deeds(50)


def test_people_of_today_ask_report_follow_and_leave() -> None:
    kinds = Counter(deed.kind for deed in deeds(600))
    assert kinds["question"] > kinds["tip"] > kinds["unfollow"] > 0
    assert all((deed.written is None) == (deed.kind in {"follow", "unfollow", "click"}) for deed in deeds(200))


def test_who_leaves_had_come_before_to_the_same_page() -> None:
    known: dict[str, str] = {}
    today = Today(PAGES, NAMES, 1)
    for number in range(2000):
        deed = today.deed(number)
        if deed.kind == "unfollow" and deed.person in known:
            assert known[deed.person] == deed.page.id
        known[deed.person] = deed.page.id


def test_both_old_and_new_names_are_said_and_nothing_of_2020() -> None:
    texts = [deed.written.text for deed in deeds(3000) if deed.written]
    new = {name.split(" ", 1)[1] for name in NAMES.values()} - {page.commune.split(" ", 1)[-1] for page in PAGES}
    assert any(name in text for text in texts for name in new)
    assert not any(word in text.lower() for text in texts for word in ("covid", "cách ly", "bạch hầu"))


def span(span_id: str, trace: str, parent: str | None = None, links: tuple[tuple[str, str], ...] = ()) -> Span:
    start = int(span_id, 16)
    return Span(trace, span_id, parent, f"span {span_id}", "ingest", start, start + 5, {}, links)


def test_the_way_takes_in_the_batch_but_not_the_batch_s_other_messages() -> None:
    webhook = span("1", "T")
    batch = span("2", "B", links=(("T", "1"), ("U", "9")))
    query = span("3", "B", parent="2")
    passage = span("4", "T", parent="1", links=(("B", "2"),))
    other = span("5", "U", parent="9", links=(("B", "2"),))
    way = way_of([other, passage, query, batch, webhook], "T")
    assert [one.span_id for one in way] == ["1", "2", "3", "4"]
    assert tree_of(way, "T").children[0].children  # the batch and the passage lie below the webhook


def test_a_line_cut_short_by_a_crash_is_skipped(tmp_path: Path) -> None:
    row = {"trace_id": "T", "span_id": "1", "name": "n", "service": "s", "start_ns": 1, "end_ns": 2}
    (tmp_path / "ingest.jsonl").write_text(json.dumps(row) + "\n" + json.dumps(row)[:20])
    assert [one.span_id for one in read_spans(tmp_path)] == ["1"]
