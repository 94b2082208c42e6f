"""A followed message keeps its trace across a batch, and an unfollowed one costs nothing."""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.tracing import Tracing, parse_traceparent, traceparent_of

FOLLOWED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NOT_FOLLOWED = "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-00"


@dataclass
class Message:
    traceparent: str | None

    def header(self, name: str) -> str | None:
        return self.traceparent if name == "traceparent" else None


def spans(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_followed_message_of_a_batch_has_a_span_in_its_own_trace_linked_to_the_batch(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    tracing = Tracing("stats", file=file)
    other = FOLLOWED.replace("4736", "4738")
    with tracing.batch("process topic", [Message(FOLLOWED), Message(NOT_FOLLOWED), Message(None), Message(other)]):
        pass
    tracing.flush()
    made = spans(file)
    assert {s["trace_id"] for s in made} == {FOLLOWED[3:35], other[3:35]}
    batch = next(s for s in made if s["trace_id"] == FOLLOWED[3:35])
    assert len(batch["links"]) == 2  # type: ignore[arg-type]  # a list, as JSON gave it
    passage = next(s for s in made if s["trace_id"] == other[3:35])
    assert passage["links"] == [{"trace_id": batch["trace_id"], "span_id": batch["span_id"]}]


def test_a_batch_with_no_followed_message_leaves_no_span(tmp_path: Path) -> None:
    file = tmp_path / "spans.jsonl"
    tracing = Tracing("stats", file=file)
    with tracing.batch("process topic", [Message(None), Message(NOT_FOLLOWED)]):
        pass
    tracing.flush()
    assert spans(file) == []


def test_a_push_goes_on_in_its_callers_trace_and_hands_it_on(tmp_path: Path) -> None:
    tracing = Tracing("ingest", file=tmp_path / "spans.jsonl")
    with tracing.received("POST /webhooks/zalo", FOLLOWED) as span:
        handed_on = traceparent_of(span)
    assert handed_on is not None
    assert handed_on[3:35] == FOLLOWED[3:35]
    assert tracing.noted("counted", handed_on, metric="follows") != handed_on
    assert tracing.noted("counted", None) is None


def fail_in(followed: AbstractContextManager[object]) -> None:
    with pytest.raises(ValueError, match="ong Ba"), followed:
        raise ValueError("ong Ba danh bac")


def test_a_span_says_nothing_of_what_an_exception_said() -> None:
    tracing = Tracing("stats", ratio=1)
    kept = InMemorySpanExporter()
    tracing.export_to(kept)
    fail_in(tracing.received("POST", FOLLOWED))
    fail_in(tracing.batch("process", [Message(FOLLOWED)]))
    assert len(kept.get_finished_spans()) == 2
    for span in kept.get_finished_spans():
        assert "ong Ba" not in span.to_json()


@given(st.text(max_size=80))
def test_any_header_is_a_traceparent_or_none(value: str) -> None:
    context = parse_traceparent(value)
    assert context is None or context.is_valid


@pytest.mark.parametrize(
    "broken", ["", "00-0-0-01", FOLLOWED[:-1], FOLLOWED.replace("00-4", "01-4"), f"00-{'0' * 32}{FOLLOWED[35:]}"]
)
def test_a_broken_traceparent_is_none(broken: str) -> None:
    assert parse_traceparent(broken) is None
