"""The services' spans as JSON lines, and which of them one message caused. Pure but for reading the files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """One step of the way. `links` are spans of other traces that a batch took up: (trace id, span id)."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str
    start_ns: int
    end_ns: int
    attributes: Mapping[str, Any]
    links: tuple[tuple[str, str], ...]

    def causes(self) -> Iterator[str]:
        """Span ids that this one came from: its parent; for a batch, the messages it links to."""
        if self.parent_id:
            yield self.parent_id
        yield from (span_id for _, span_id in self.links)


def read_spans(folder: Path) -> Iterator[Span]:
    """All spans of all services. A line cut short by a crash is skipped."""
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield of(json.loads(line))
                except (ValueError, KeyError):
                    continue


def of(row: Mapping[str, Any]) -> Span:
    """Raises KeyError for a row that is no span."""
    return Span(
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        parent_id=row.get("parent_id") or None,
        name=row["name"],
        service=row["service"],
        start_ns=int(row["start_ns"]),
        end_ns=int(row["end_ns"]),
        attributes=row.get("attributes") or {},
        links=tuple((link["trace_id"], link["span_id"]) for link in row.get("links") or ()),
    )


def way_of(spans: Iterable[Span], trace_id: str) -> list[Span]:
    """The spans of one trace, the batches that took its messages up, and what was done within those batches.

    Not the other messages of such a batch, though they link back to it.
    """
    everything = list(spans)
    found = {
        span.span_id: span
        for span in everything
        if span.trace_id == trace_id or any(trace == trace_id for trace, _ in span.links)
    }
    while more := [span for span in everything if span.span_id not in found and span.parent_id in found]:
        found |= {span.span_id: span for span in more}
    return sorted(found.values(), key=lambda span: span.start_ns)
