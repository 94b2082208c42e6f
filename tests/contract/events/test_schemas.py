"""The committed schemas are the contract: equal to the models, kept by the examples, and unbroken since the release."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from shared.events import EVENTS, Event, decode, encode
from shared.events.__main__ import RELEASED, SCHEMAS
from shared.events.asyncapi import document, schema
from shared.events.compatibility import breaking_changes
from shared.topics import TOPICS
from tests.make import examples

MODELS = {model.type: model for models in EVENTS.values() for model in models}
EXAMPLES = Path(SCHEMAS).parent / "examples"
WORDS = {"text"}
"""Property names that hold what a person wrote."""


def committed(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_committed_schema_is_the_models_own(name: str) -> None:
    assert committed(name) == json.loads(json.dumps(schema(MODELS[name]))), "run: python -m shared.events export"


@pytest.mark.parametrize("path", sorted(RELEASED.glob("*.json")), ids=lambda p: p.stem)
def test_no_change_breaks_a_reader_of_the_last_release(path: Path) -> None:
    name = path.name.removesuffix(".schema.json")
    assert name in MODELS, f"{name} was released and is gone: it needs a .v2 and one release of both"
    assert breaking_changes(json.loads(path.read_text(encoding="utf-8")), schema(MODELS[name])) == []


def test_every_schema_file_belongs_to_an_event() -> None:
    assert {p.name.removesuffix(".schema.json") for p in SCHEMAS.glob("*.json")} == set(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_two_examples_of_each_event_keep_its_schema(name: str) -> None:
    files = sorted((EXAMPLES / name).glob("*.json"))
    assert len(files) >= 2
    for file in files:
        Draft202012Validator(committed(name)).validate(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("name", "event"), examples(), ids=lambda v: v if isinstance(v, str) else v.type)
def test_an_event_survives_the_wire(name: str, event: Event) -> None:
    encoded = encode(event, source="test", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")
    assert decode(encoded.headers, encoded.value, MODELS) == event, name
    assert dict(encoded.headers)["content-type"] == b"application/json"


def test_a_broken_record_is_refused_by_its_schema() -> None:
    body = json.loads(next((EXAMPLES / "vn.binhyen.page_followed.v1").glob("*.json")).read_text(encoding="utf-8"))
    del body["person"]
    with pytest.raises(ValidationError):
        Draft202012Validator(committed("vn.binhyen.page_followed.v1")).validate(body)


def test_only_the_topics_that_may_hold_peoples_words_have_a_field_for_them() -> None:
    for topic in TOPICS:
        fields = {name for model in EVENTS[topic.name] for name in model.model_fields}
        assert bool(fields & WORDS) == topic.words, topic.name


def test_every_topic_has_events_and_every_service_its_document() -> None:
    assert {t.name for t in TOPICS} == set(EVENTS)
    for service in ("ingest", "triage", "notify", "stats"):
        assert document(service)["channels"]
