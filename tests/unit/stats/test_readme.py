"""The README says what the code does: settings, numbers, topics, tables and the SQL."""

import re
from pathlib import Path

import pytest

from services.stats.app import COUNTED
from services.stats.domain.definitions import HEADLINE, Definition
from services.stats.settings import StatsSettings
from services.stats.store import recount
from shared.service.settings import ServiceSettings
from shared.telemetry.metrics import METRICS

STATS = Path(__file__).parents[3] / "services" / "stats"
README = (STATS / "README.md").read_text(encoding="utf-8")


def test_the_sql_shown_is_the_sql_that_is_run() -> None:
    shown = re.search(r"```sql\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == recount.FILE.read_text(encoding="utf-8").strip()
    assert recount.load(shown[1]) == recount.load()


@pytest.mark.parametrize("definition", HEADLINE, ids=lambda d: d.key)
def test_every_number_is_explained(definition: Definition) -> None:
    assert f"| `{definition.key}` | {definition.kind} | {definition.meaning_en} |" in README


def test_every_setting_of_its_own_is_listed() -> None:
    for name, setting in StatsSettings.model_fields.items():
        if name not in ServiceSettings.model_fields:
            assert f"`BINHYEN_{name.upper()}`" in README
            assert (setting.description or "?") in README


def test_every_topic_group_metric_and_table_is_named() -> None:
    for topic, group, *_ in COUNTED:
        assert f"| `{topic.name}` | `{group}` |" in README
    for metric in METRICS:
        assert metric.services != ("stats",) or metric.name in README
    for file in (STATS / "migrations").glob("*.sql"):
        for table in re.findall(r"^create table (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert f"`{table}`" in README, table
