"""CloudEvents 1.0 in Kafka's binary mode: an event as headers, key and value, and back.

Source: cloudevents/spec, Kafka protocol binding 1.0.2: attributes are headers `ce_*`, the data's media type is the
header `content-type`, the value is the data as it is. A trace's `traceparent` (W3C Trace Context) goes beside them.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from shared.events.base import Event

Headers = tuple[tuple[str, bytes], ...]

CONTENT_TYPE = b"application/json"


class Encoded(NamedTuple):
    """A record ready to be produced."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


class Unreadable(Exception):  # noqa: N818 - the house's word for what nobody can decode
    """The record is no event we know. Its text is the dead record's reason."""


def encode(event: Event, *, source: str, traceparent: str | None = None) -> Encoded:
    """Binary-mode headers, the subject as key, the model's JSON as value. `source`: the service that says it."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event.id).encode()),
        ("ce_type", event.type.encode()),
        ("ce_source", f"/binhyen/{event.province}/{source}".encode()),
        ("ce_time", event.occurred_at.isoformat().encode()),
        ("ce_subject", event.subject.encode()),
        ("content-type", CONTENT_TYPE),
    ]
    if traceparent:
        headers.append(("traceparent", traceparent.encode()))
    return Encoded(event.subject.encode(), headers, event.model_dump_json(exclude_none=True).encode())


def header(headers: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """The first header of that name, as text."""
    for key, value in headers:
        if key == name:
            return value.decode("utf-8", "replace")
    return None


def decode(headers: Iterable[tuple[str, bytes]], value: bytes | None, types: Mapping[str, type[Event]]) -> Event | None:
    """The event, or None when its type is not among `types` (somebody else's business on the same topic).

    Raises Unreadable: no type, another content type, a tombstone, or a body that breaks the schema.
    """
    headers = tuple(headers)
    name = header(headers, "ce_type")
    if name is None:
        raise Unreadable("no ce_type header")
    model = types.get(name)
    if model is None:
        return None
    if value is None:
        raise Unreadable(f"{name}: empty value")
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        # input and url are left out: a record's words must not reach the dead topic's headers or a log
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unreadable(f"{name}: {where}: {first['type']}") from None
