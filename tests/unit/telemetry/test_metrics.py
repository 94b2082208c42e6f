"""Metrics come from one typed list, and nothing a stranger sends makes a new series."""

import pytest

from shared.telemetry.metrics import METRICS, RAISED, SENDS, Kind, Metrics


def test_every_metric_has_a_meaning_a_unit_in_its_name_and_bounded_labels() -> None:
    for metric in METRICS:
        assert metric.meaning.endswith("."), metric.name
        assert metric.name.startswith("binhyen_"), metric.name
        assert (metric.kind is Kind.COUNTER) == metric.name.endswith("_total"), metric.name
        assert all(values for values in metric.labels.values()), metric.name
    assert len({m.name for m in METRICS}) == len(METRICS)


def test_a_label_outside_its_list_becomes_other() -> None:
    metrics = Metrics("ingest")
    for stranger in ("0912345678", "x" * 500, "unknown_page"):
        metrics.inc(RAISED, reason=stranger)
    text = metrics.exposition().decode()
    assert 'reason="other"} 2.0' in text
    assert 'reason="unknown_page"} 1.0' in text
    assert "0912345678" not in text


def test_a_service_exports_only_its_own() -> None:
    with pytest.raises(KeyError):
        Metrics("ingest").inc(SENDS, kind="reply", state="sent")
