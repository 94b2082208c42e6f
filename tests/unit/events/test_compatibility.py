"""Each way of breaking a reader is found; what may change is let through."""

import copy
from typing import Any

import pytest

from shared.events import CaseChanged, PageFollowed
from shared.events.asyncapi import schema
from shared.events.compatibility import breaking_changes


@pytest.fixture
def old() -> dict[str, Any]:
    return schema(CaseChanged)


def test_the_same_schema_breaks_nothing(old: dict[str, Any]) -> None:
    assert breaking_changes(old, copy.deepcopy(old)) == []


def test_an_optional_field_may_be_added(old: dict[str, Any]) -> None:
    new = copy.deepcopy(old)
    new["properties"]["note"] = {"type": "string"}
    assert breaking_changes(old, new) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s["properties"].pop("code"), "code: removed"),
        (lambda s: s["required"].append("imported"), "imported: now required"),
        (lambda s: s["required"].remove("case"), "case: no longer required"),
        (lambda s: s["properties"]["version"].update(type="string"), "version: type 'integer' became 'string'"),
        (lambda s: s["properties"]["act"]["enum"].append("lost"), "act: values differ: lost"),
        (lambda s: s["$defs"]["CaseFacts"]["properties"].pop("unit"), "after.unit: removed"),
    ],
)
def test_a_break_is_named_by_its_field(old: dict[str, Any], change: Any, says: str) -> None:
    new = copy.deepcopy(old)
    new["required"] = [r for r in new["required"] if r != "imported"]
    old["required"] = list(new["required"])
    change(new)
    assert says in breaking_changes(old, new)


def test_another_event_in_its_place_is_a_break() -> None:
    assert breaking_changes(schema(PageFollowed), schema(CaseChanged)) != []
