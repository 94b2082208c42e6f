"""`python -m docs.generate` (make docs): the pages that are made from the code. A test holds them equal to it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from docs.decided import evaluation_table, ten_decisions
from shared.events import EVENTS, Event, InboundEvent
from shared.telemetry.metrics import METRICS, SECONDS, Metric
from shared.topics import PARTITIONS, TOPICS, WORDS, Topic

DOCS = Path(__file__).parent
MADE = "<!-- Made by `make docs` from {source}. Do not edit by hand: a test compares. -->"

METRICS_HEAD = """\
# Metrics

Each service answers `GET /metrics` in Prometheus' text format. A label takes only the values listed here, anything else
becomes `other`: nothing a stranger sends can make a new time series. No citizen, page or case is ever a label. Which of
these raise an alarm, and what to do then: [operations](operations.md#alarms).
"""

TOPICS_HEAD = """\
# Topics and events

Kafka is the only place where the services meet. Every record is a CloudEvent 1.0 in binary mode: `ce_*` headers, the
event as JSON in the value, `traceparent` beside them. Each topic has {partitions} partitions and `LogAppendTime`;
`BINHYEN_TOPIC_PREFIX` goes before every name. Beside each stands `<topic>.dead`, one partition, kept {words} days: what
one consumer group could not process, with its reason in `dead_*` headers.

Every event has `id`, `province` and `occurred_at`; what came from a channel has `channel`, `account`, `received_at` and
`time_suspect` too (the channel's clock was implausible: then `received_at` counts).

The JSON Schemas are the contract. Within a version only optional fields are added; a test compares with the last
release's schemas in `shared/events/schemas/released`.
"""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────────────────────


def metrics_page() -> str:
    """docs/metrics.md."""
    buckets = ", ".join(f"{second:g}" for second in SECONDS)
    parts = [
        MADE.format(source="shared/telemetry/metrics.py"),
        METRICS_HEAD,
        table(("metric", "kind", "meaning", "from", "labels"), map(metric_row, METRICS)),
        f"\nHistograms are in seconds, with the buckets {buckets}.",
    ]
    return "\n".join(parts) + "\n"


def metric_row(metric: Metric) -> tuple[str, ...]:
    services = "all" if len(metric.services) == len(SERVICES) else ", ".join(metric.services)
    return f"`{metric.name}`", metric.kind.value, metric.meaning, services, labels_of(metric.labels)


def labels_of(labels: Mapping[str, tuple[str, ...]]) -> str:
    topics = tuple(topic.name for topic in TOPICS)
    said = (
        f"`{name}`: " + ("each [topic](topics.md)" if values == topics else ", ".join(values))
        for name, values in labels.items()
    )
    return "; ".join(said)


SERVICES = ("ingest", "triage", "notify", "stats")


# ── topics ───────────────────────────────────────────────────────────────────────────────────────────────────────


def topics_page() -> str:
    """docs/topics.md."""
    parts = [
        MADE.format(source="shared/topics.py and shared/events"),
        TOPICS_HEAD.format(partitions=PARTITIONS, words=WORDS.days),
        table(("topic", "key", "written by", "read by", "kept", "people's words"), map(topic_row, TOPICS)),
        *map(topic_section, TOPICS),
    ]
    return "\n".join(parts) + "\n"


def topic_row(topic: Topic) -> tuple[str, ...]:
    kept = "the last of each key (compacted)" if topic.retention is None else f"{topic.retention.days} days"
    words = "yes" if topic.words else "no"
    return f"[{topic.name}](#{anchor(topic.name)})", topic.key, topic.writer, ", ".join(topic.readers), kept, words


def topic_section(topic: Topic) -> str:
    head = ("event", "what it says", "carries, beside what all have", "contract")
    events = table(head, map(event_row, EVENTS[topic.name]))
    return f"\n## {topic.name}\n\n{events}"


def event_row(model: type[Event]) -> tuple[str, ...]:
    schema = f"[schema](../shared/events/schemas/{model.type}.schema.json)"
    examples = f"[examples](../shared/events/examples/{model.type})"
    common = InboundEvent.model_fields if issubclass(model, InboundEvent) else Event.model_fields
    carries = ", ".join(f"`{name}`" for name in model.model_fields if name not in common)
    return f"`{model.type}`", first_line(model), carries, f"{schema}, {examples}"


def first_line(model: type[Event]) -> str:
    return (model.__doc__ or "").strip().split("\n")[0].replace("|", "\\|")


def anchor(heading: str) -> str:
    """The anchor GitHub gives a heading without spaces."""
    return heading.replace(".", "").lower()


def readme_page() -> str:
    """README.md, with its ten decisions as they are decided now."""
    return with_part(DOCS.parent / "README.md", "ten decisions", ten_decisions())


def understanding_page() -> str:
    """docs/understanding.md, with its figures as they are now."""
    return with_part(DOCS / "understanding.md", "evaluation", evaluation_table())


def with_part(page: Path, name: str, made: str) -> str:
    """A page with the part between its two marks made anew. Raises ValueError where a mark is missing."""
    begin, end = f"<!-- {name}, by `make docs` -->", f"<!-- end of {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page.name} has no part {name!r}")
    return f"{before}{begin}\n{made}\n{end}{after}"


PAGES: Mapping[str, Callable[[], str]] = {
    "metrics.md": metrics_page,
    "topics.md": topics_page,
    "understanding.md": understanding_page,
    "../README.md": readme_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
