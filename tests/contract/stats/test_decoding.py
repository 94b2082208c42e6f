"""The Structs that stats reads with are no second contract: they read what the models of shared/events read."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.stats import decoding
from services.stats.decoding import Counted, Decode
from shared.broker import Record
from shared.events import EVENTS, Event, encode
from tests import make

STRUCTS: dict[str, type[Counted]] = {**decoding.AUDIENCE, **decoding.CASES, **decoding.ALERTS, **decoding.SENDS}
MODELS = {model.type: model for models in EVENTS.values() for model in models}
EXAMPLES = Path(__file__).parents[3] / "shared" / "events" / "examples"
FILES = [file for name in STRUCTS for file in sorted((EXAMPLES / name).glob("*.json"))]


def same(struct: Any, model: Any) -> bool:
    """Every field of the Struct as the model has it."""
    for name in struct.__struct_fields__:
        mine, theirs = getattr(struct, name), getattr(model, name)
        if isinstance(mine, msgspec.Struct):
            if not same(mine, theirs):
                return False
        elif mine != theirs:
            return False
    return True


def record(event: Event, *, value: bytes | None = None, offset: int = 0) -> Record:
    encoded = encode(event, source="test")
    body = encoded.value if value is None else value
    return Record("inbound.audience.v1", 0, offset, "k", tuple(encoded.headers), body, 0)


def test_there_is_an_example_of_every_event_that_is_counted() -> None:
    assert {file.parent.name for file in FILES} == set(STRUCTS)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_struct_and_model_read_the_same_from_an_example(file: Path) -> None:
    name = file.parent.name
    raw = file.read_bytes()
    model = MODELS[name].model_validate_json(raw)
    assert same(msgspec.json.decode(raw, type=STRUCTS[name]), model)


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_struct_and_model_refuse_the_same_missing_fields_and_times_without_a_zone(name: str) -> None:
    whole = json.loads(next(f for f in FILES if f.parent.name == name).read_bytes())
    for field in STRUCTS[name].__struct_fields__:
        if field not in whole:
            continue
        for broken in (_without(whole, field), _without_zone(whole, field)):
            raw = json.dumps(broken).encode()
            assert _reads(lambda raw=raw: msgspec.json.decode(raw, type=STRUCTS[name])) == _reads(
                lambda raw=raw: MODELS[name].model_validate_json(raw)
            ), (field, broken)


def test_the_time_that_counts_is_the_one_the_model_decides() -> None:
    for name, struct in decoding.AUDIENCE.items():
        for file in sorted((EXAMPLES / name).glob("*.json")):
            raw = file.read_bytes()
            model: Any = MODELS[name].model_validate_json(raw)
            at: datetime = msgspec.json.decode(raw, type=struct).at  # type: ignore[attr-defined]  # all of them are Inbound
            assert at == model.decided_at


def test_a_batch_is_read_in_order_and_what_cannot_be_read_says_which_field() -> None:
    follow = next(event for _, event in make.examples() if type(event).__name__ == "PageFollowed")
    seen = next(event for _, event in make.examples() if type(event).__name__ == "ChatOpened")
    broken = json.loads(encode(follow, source="t").value) | {"person": 7}
    secret = json.loads(encode(follow, source="t").value) | {"occurred_at": "lời của người dân"}
    records = [
        record(follow, offset=0),
        record(seen, offset=1),
        record(follow, offset=2, value=json.dumps(broken).encode()),
        record(follow, offset=3, value=json.dumps(secret).encode()),
        record(follow, offset=4, value=b"{"),
        record(follow, offset=5)._replace(headers=()),
        record(follow, offset=6)._replace(value=None),
        record(follow.model_copy(update={"province": "77"}), offset=7),
    ]
    decoded = Decode(decoding.AUDIENCE, "66")(records)
    assert [r.offset for r, _ in decoded.seen] == [0]
    assert [d.record.offset for d in decoded.dead] == [2, 3, 4, 5, 6, 7], "another's event type is no one's failure"
    assert decoded.dead[0].reason.endswith("$.person")
    assert not any("lời" in d.reason for d in decoded.dead), "a reason never repeats what was written"


def _without(whole: dict[str, Any], field: str) -> dict[str, Any]:
    return {k: v for k, v in whole.items() if k != field}


def _without_zone(whole: dict[str, Any], field: str) -> dict[str, Any]:
    value = whole[field]
    return whole | {field: value.removesuffix("Z") if isinstance(value, str) else value}


def _reads(read: Any) -> bool:
    try:
        read()
    except ValueError:
        return False
    return True
