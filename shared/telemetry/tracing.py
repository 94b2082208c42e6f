"""OpenTelemetry traces that follow one message from webhook to counter, across Kafka.

A batch is one span with links to the messages in it; each sampled message has, in its own trace, one small span for
its passage, linked back to the batch. Unsampled messages cost a header look-up. What is produced for a message carries
that message's `traceparent`, so the next service goes on in the same trace.

Sources: W3C Trace Context (traceparent), OpenTelemetry semantic conventions for messaging.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import random
from typing import Any, Final, Protocol

import msgspec
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags

SAMPLED = "01"
SILENT: Final[Any] = {"record_exception": False, "set_status_on_exception": False}
"""An exception's text may repeat a citizen's words (a validation error its input, a database error its row)."""
TRACEPARENT_LENGTH = 55
MAX_FOLLOWED = 20
"""At most so many messages of one batch get a span of their own."""


class HasHeader(Protocol):
    def header(self, name: str) -> str | None: ...


def parse_traceparent(value: str | None) -> SpanContext | None:
    """`00-<32 hex>-<16 hex>-<2 hex>`, or None when it is anything else."""
    if value is None or len(value) != TRACEPARENT_LENGTH or not value.startswith("00-"):
        return None
    try:
        _, trace_id, span_id, flags = value.split("-")
        context = SpanContext(
            int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
        )
    except ValueError:
        return None
    return context if context.is_valid else None


def traceparent_of(span: Span) -> str | None:
    """What to put beside an event; None for a span that is not recorded, so that the header costs nothing."""
    context = span.get_span_context()
    if not context.is_valid or not context.trace_flags.sampled:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{SAMPLED}"


class JsonLines(SpanExporter):
    """Spans as lines of a file, for a machine with no collector: what `make trace` reads."""

    def __init__(self, path: Path, service: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        self._service = service

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._file.write(b"".join(msgspec.json.encode(_line(span, self._service)) + b"\n" for span in spans))
        self._file.flush()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._file.close()


def _line(span: ReadableSpan, service: str) -> dict[str, Any]:
    context = span.get_span_context()
    return {
        "trace_id": f"{context.trace_id:032x}" if context else None,
        "span_id": f"{context.span_id:016x}" if context else None,
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "name": span.name,
        "service": service,
        "start_ns": span.start_time,
        "end_ns": span.end_time,
        "attributes": dict(span.attributes or {}),
        "links": [
            {"trace_id": f"{link.context.trace_id:032x}", "span_id": f"{link.context.span_id:016x}"}
            for link in span.links
        ],
    }


class Tracing:
    """The tracer of one service. `ratio`: the share of messages without a sampled parent that are followed."""

    def __init__(self, service: str, *, ratio: float = 0.0, file: Path | None = None, otlp: str | None = None) -> None:
        self.service = service
        self._ratio = ratio
        self._provider = TracerProvider(
            sampler=ParentBased(ALWAYS_ON), resource=Resource.create({"service.name": service})
        )
        if file is not None:
            self._provider.add_span_processor(BatchSpanProcessor(JsonLines(file, service), schedule_delay_millis=500))
        if otlp is not None:
            self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp)))
        self._tracer = self._provider.get_tracer("binhyen")

    def export_to(self, exporter: SpanExporter) -> None:
        """Sends each span there as it ends, beside where it goes already."""
        self._provider.add_span_processor(SimpleSpanProcessor(exporter))

    @contextmanager
    def received(self, name: str, traceparent: str | None) -> Iterator[Span]:
        """The span of an HTTP push; continues the caller's trace when there is one.

        What nobody follows costs a look: making an unrecorded span is a fifth of all the work of a push.
        """
        parent = parse_traceparent(traceparent)
        if not (parent.trace_flags.sampled if parent else random() < self._ratio):  # noqa: S311 - no secret
            yield trace.INVALID_SPAN
            return
        context = _in(parent) if parent else None
        with self._tracer.start_as_current_span(name, context=context, kind=SpanKind.SERVER, **SILENT) as span:
            yield span

    @contextmanager
    def batch(self, name: str, records: Sequence[HasHeader]) -> Iterator[Span]:
        """One span a batch, linked to the sampled messages in it.

        It stands in the trace of the first; each of the others gets a span in its own trace, linked back to it.
        """
        parents = [p for r in records if (p := parse_traceparent(r.header("traceparent"))) and p.trace_flags.sampled]
        if not parents:
            yield trace.INVALID_SPAN
            return
        links = [Link(parent) for parent in parents[:MAX_FOLLOWED]]
        # in the first followed message's trace, so that it is kept; the others reach it by their links
        with self._tracer.start_as_current_span(
            name, context=_in(parents[0]), kind=SpanKind.CONSUMER, links=links, **SILENT
        ) as span:
            span.set_attribute("messaging.batch.message_count", len(records))
            passages = [
                self._tracer.start_span(
                    name,
                    context=_in(parent),
                    kind=SpanKind.CONSUMER,
                    links=[Link(span.get_span_context())],
                )
                for parent in parents[1:MAX_FOLLOWED]
            ]
            try:
                yield span
            finally:
                for passage in passages:
                    passage.end()

    def noted(self, name: str, traceparent: str | None, **attributes: str | int) -> str | None:
        """One short span in the message's own trace (a counter moved, a reply sent); the traceparent to go on with."""
        parent = parse_traceparent(traceparent)
        if parent is None or not parent.trace_flags.sampled:
            return traceparent
        span = self._tracer.start_span(name, context=_in(parent), kind=SpanKind.INTERNAL)
        for key, value in attributes.items():
            span.set_attribute(key, value)
        span.end()
        return traceparent_of(span)

    def flush(self) -> None:
        """Before the process ends."""
        self._provider.shutdown()


def _in(parent: SpanContext) -> Any:
    return trace.set_span_in_context(NonRecordingSpan(parent))
