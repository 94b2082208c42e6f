"""Every metric, declared once: name, kind, meaning, labels and the values each label may take.

A label outside its list becomes `other`: nothing a stranger sends can make a new time series. No citizen, page or
case is ever a label.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from shared.topics import TOPICS


class Kind(Enum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_TOPIC = {"topic": tuple(t.name for t in TOPICS)}


@dataclass(frozen=True)
class Metric:
    """`services`: who exports it. `labels`: name → the values it may take."""

    name: str
    kind: Kind
    meaning: str
    services: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_ALL = ("ingest", "triage", "notify", "stats")

CONSUMED = Metric("binhyen_records_consumed_total", Kind.COUNTER, "Records handled.", _ALL, _TOPIC)
DEAD = Metric("binhyen_records_dead_total", Kind.COUNTER, "Records sent to a dead topic.", _ALL, _TOPIC)
CONSUMER_LAG = Metric("binhyen_consumer_lag_records", Kind.GAUGE, "Records not yet handled.", _ALL, _TOPIC)
CONSUMER_PAUSED = Metric(
    "binhyen_consumer_paused",
    Kind.GAUGE,
    "1 while a consumer has stopped itself: most of its window died.",
    _ALL,
    _TOPIC,
)
HANDLER_SECONDS = Metric("binhyen_handler_seconds", Kind.HISTOGRAM, "Time one batch took.", _ALL, _TOPIC)
OUTBOX_WAITING = Metric("binhyen_outbox_waiting", Kind.GAUGE, "Outbox rows not yet published.", _ALL)
OUTBOX_PUBLISHED = Metric("binhyen_outbox_published_total", Kind.COUNTER, "Outbox rows published.", _ALL)
LOOP_FAILURES = Metric("binhyen_loop_failures_total", Kind.COUNTER, "Times a background loop met an error.", _ALL)
LOOP_LAST_BEAT = Metric(
    "binhyen_loop_last_beat_seconds",
    Kind.GAUGE,
    "Unix time at which the slowest background loop last went round.",
    _ALL,
)
WEBHOOKS = Metric(
    "binhyen_webhooks_total",
    Kind.COUNTER,
    "Pushes answered, by channel and outcome.",
    ("ingest",),
    {
        "channel": ("zalo", "signed"),
        "outcome": (
            "accepted",
            "kept",
            "forgotten",
            "forged",
            "unknown_app",
            "stale",
            "too_large",
            "invalid",
            "kafka_away",
        ),
    },
)
WEBHOOK_SECONDS = Metric("binhyen_webhook_seconds", Kind.HISTOGRAM, "Time from push to answer.", ("ingest",))
LAST_PUSH = Metric(
    "binhyen_last_push_seconds", Kind.GAUGE, "Unix time of the last accepted push: silence is an alarm.", ("ingest",)
)
RAISED = Metric(
    "binhyen_pushes_raised_total",
    Kind.COUNTER,
    "Signed pushes kept for a person to look at.",
    ("ingest",),
    {"reason": ("unknown_event", "unknown_page", "unreadable")},
)
POLLS = Metric(
    "binhyen_polls_total",
    Kind.COUNTER,
    "Questions asked of a channel.",
    ("ingest",),
    {"call": ("getoa", "getslice", "getgroup"), "outcome": ("ok", "refused", "slow_down", "failed")},
)
CASES = Metric(
    "binhyen_case_acts_total",
    Kind.COUNTER,
    "Acts on cases.",
    ("triage",),
    {
        "act": (
            "opened",
            "message_added",
            "routed",
            "corrected",
            "assigned",
            "answered",
            "resolved",
            "reopened",
            "acknowledged",
        )
    },
)
PROPOSALS = Metric(
    "binhyen_incident_proposals_total",
    Kind.COUNTER,
    "Pairs of cases that may tell the same event, proposed to officers and decided by them; cases left out.",
    ("triage",),
    {"outcome": ("proposed", "confirmed", "refused", "left_out")},
)
UNDERSTOOD_SECONDS = Metric(
    "binhyen_understanding_seconds", Kind.HISTOGRAM, "Time to understand one batch.", ("triage",)
)
AUTOMATIC_MESSAGES = Metric(
    "binhyen_automatic_messages_total",
    Kind.COUNTER,
    "Messages the machine asked to be sent by itself; withheld: for want of free replies.",
    ("triage",),
    {"what": ("acknowledgement", "question", "answer", "withheld")},
)
ANSWERS_JUDGED = Metric(
    "binhyen_automatic_answers_judged_total",
    Kind.COUNTER,
    "What people said to automatic answers: that they helped, that they did not, or that a person is wanted.",
    ("triage",),
    {"outcome": ("helped", "not_helped", "person")},
)
SHADOW_TURNS = Metric(
    "binhyen_shadow_turns_total",
    Kind.COUNTER,
    "Turns that a second understanding read along: agreeing, deciding otherwise, or left out because it failed.",
    ("triage",),
    {"outcome": ("agrees", "differs", "failed")},
)
SENDS = Metric(
    "binhyen_sends_total",
    Kind.COUNTER,
    "Sends by how they ended.",
    ("notify",),
    {
        "kind": ("reply", "alert"),
        "state": ("sent", "delivered", "seen", "failed", "in_doubt", "cancelled"),
    },
)
SENDS_WAITING = Metric("binhyen_sends_waiting", Kind.GAUGE, "Sends due and not yet made.", ("notify",))
TOKEN_FAILURES = Metric(
    "binhyen_token_refresh_failures_total", Kind.COUNTER, "Refreshes refused: a person must grant again.", ("notify",)
)
COUNTED = Metric("binhyen_counted_total", Kind.COUNTER, "Events that moved a count.", ("stats",))
SIGN_INS = Metric(
    "binhyen_sign_ins_total", Kind.COUNTER, "Sign-ins.", ("triage",), {"outcome": ("ok", "refused", "throttled")}
)

METRICS: tuple[Metric, ...] = tuple(m for m in list(globals().values()) if isinstance(m, Metric))


class Metrics:
    """The metrics of one service, in a registry of its own (tests run several services in one process)."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self._made: dict[str, Counter | Gauge | Histogram] = {
            m.name: _make(m, self.registry) for m in METRICS if service in m.services
        }

    def inc(self, metric: Metric, amount: float = 1, **labels: str) -> None:
        made = self._labelled(metric, labels)
        if isinstance(made, Counter):
            made.inc(amount)

    def set(self, metric: Metric, value: float, **labels: str) -> None:
        made = self._labelled(metric, labels)
        if isinstance(made, Gauge):
            made.set(value)

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None:
        made = self._labelled(metric, labels)
        if isinstance(made, Histogram):
            made.observe(seconds)

    def exposition(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)

    def _labelled(self, metric: Metric, labels: Mapping[str, str]) -> Counter | Gauge | Histogram:
        made = self._made[metric.name]
        if not metric.labels:
            return made
        bounded = {k: labels[k] if labels[k] in allowed else "other" for k, allowed in metric.labels.items()}
        return made.labels(**bounded)


def _make(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    names = tuple(metric.labels)
    if metric.kind is Kind.COUNTER:
        return Counter(metric.name, metric.meaning, names, registry=registry)
    if metric.kind is Kind.GAUGE:
        return Gauge(metric.name, metric.meaning, names, registry=registry)
    return Histogram(metric.name, metric.meaning, names, registry=registry, buckets=SECONDS)
