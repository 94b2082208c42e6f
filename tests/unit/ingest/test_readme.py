"""The README says what the code has: settings, metrics, tables, topics, routes."""

import re
from pathlib import Path

from services.ingest.settings import IngestSettings
from shared.service.settings import ServiceSettings
from shared.telemetry.metrics import METRICS
from shared.topics import TOPICS

SERVICE = Path(__file__).parents[3] / "services" / "ingest"
README = (SERVICE / "README.md").read_text("utf-8")


def settings_rows() -> list[str]:
    """The rows of the settings' table, from the class."""
    own = {name: f for name, f in IngestSettings.model_fields.items() if name not in ServiceSettings.model_fields}
    return [f"| `BINHYEN_{name.upper()}` | `{field.default}` | {field.description} |" for name, field in own.items()]


def test_every_setting_stands_there_with_its_default_and_meaning() -> None:
    for row in settings_rows():
        assert row in README


def test_every_metric_of_its_own_stands_there() -> None:
    for metric in METRICS:
        if metric.services == ("ingest",):
            assert f"`{metric.name}`" in README


def test_every_table_and_topic_stands_there() -> None:
    migration = (SERVICE / "migrations" / "0002_pre_ingest.sql").read_text("utf-8")
    for table in re.findall(r"create table (\w+)", migration):
        assert f"`{table}`" in README
    for topic in TOPICS:
        if topic.writer == "ingest" or "ingest" in topic.readers:
            assert f"`{topic.name}`" in README
