"""Our records as others read them: the CloudEvents SDK, and the conformance cases where they are at hand."""

import json
from pathlib import Path

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from shared.events import Event, encode
from tests.make import examples

CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance" / "cloudevents-kafka"


@pytest.mark.parametrize(("name", "event"), examples(), ids=lambda v: v if isinstance(v, str) else v.type)
def test_the_sdk_reads_what_we_write(name: str, event: Event) -> None:
    encoded = encode(event, source="ingest")
    read = from_binary(KafkaMessage(dict(encoded.headers), encoded.key, encoded.value), JSONFormat())
    assert read.get_id() == str(event.id), name
    assert read.get_type() == event.type
    assert read.get_source() == f"/binhyen/{event.province}/ingest"
    assert read.get_subject() == event.subject
    assert read.get_time() == event.occurred_at
    data = read.get_data()
    assert (data if isinstance(data, dict) else json.loads(str(data)))["id"] == str(event.id)


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="the conformance cases are not beside the project")
def test_our_headers_are_those_of_the_conformance_cases() -> None:
    feature = CONFORMANCE / "kafka-protocol-binding.feature"
    text = feature.read_text(encoding="utf-8")
    name, event = examples()[0]
    headers = dict(encode(event, source="ingest").headers)
    for attribute in ("ce_specversion", "ce_id", "ce_type", "ce_source"):
        assert attribute in text, f"{feature.name} knows {attribute}"
        assert attribute in headers, name
    assert "ce_datacontenttype" not in headers, "the media type is the header content-type"
