"""AsyncAPI 3.0 of one service: the topics it reads and writes, each with the schemas of its events.

Made from the topic table and the event models, so that it cannot say anything else than they do.
"""

from typing import Any

from shared.events import EVENTS, Event
from shared.topics import TOPICS, Topic


def document(service: str) -> dict[str, Any]:
    """The document as JSON-ready values."""
    mine = [t for t in TOPICS if service == t.writer or service in t.readers]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Bình Yên: {service}", "version": "1", "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": {t.name: _channel(t) for t in mine},
        "operations": _operations(service, mine),
        "components": {"messages": {m.__name__: _message(m) for t in mine for m in EVENTS[t.name]}},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    kept = "compacted" if topic.retention is None else f"{topic.retention.days} days"
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}. Kept: {kept}. Read by {', '.join(topic.readers)}.",
        "messages": {m.__name__: {"$ref": f"#/components/messages/{m.__name__}"} for m in EVENTS[topic.name]},
        "bindings": {"kafka": {"topic": topic.name, "partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _operations(service: str, topics: list[Topic]) -> dict[str, Any]:
    sends = {f"send_{t.name}": _operation("send", t) for t in topics if t.writer == service}
    receives = {f"receive_{t.name}": _operation("receive", t) for t in topics if service in t.readers}
    return sends | receives


def _operation(action: str, topic: Topic) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}}


def _message(model: type[Event]) -> dict[str, Any]:
    return {
        "name": model.type,
        "summary": (model.__doc__ or model.__name__).strip().split("\n")[0],
        "headers": {
            "type": "object",
            "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "content-type"],
            "properties": {"ce_type": {"const": model.type}, "ce_specversion": {"const": "1.0"}},
        },
        "payload": schema(model),
    }


def schema(model: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's value, as committed in schemas/."""
    made = model.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{model.type}"} | made
