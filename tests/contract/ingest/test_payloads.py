"""Each channel's recorded payloads, each beside what it must become; and the register of channels.

`payloads/<channel>/<event>__<condition>.json` is a push as it comes, `….events.json` what ingest says of it.
`python -m tests.contract.ingest.test_payloads` writes what is said now of payloads that have no such file yet.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.ingest.channels import CHANNELS
from services.ingest.channels.contract import Channel, PushRefused
from services.ingest.channels.zalo_events import EVENTS
from tests.ingest import a_known, a_signed_push, a_zalo_push

PROJECT = Path(__file__).parents[3]
PAYLOADS = Path(__file__).parent / "payloads"
MADE = {"zalo": a_zalo_push, "signed": a_signed_push}
BY_NAME = {channel.name: channel for channel in CHANNELS}

CASES = sorted(
    (file for file in PAYLOADS.glob("*/*.json") if not file.name.endswith(".events.json")),
    key=lambda file: (file.parent.name, file.name),
)


def said(file: Path) -> dict[str, Any]:
    """What ingest makes of one payload, as JSON-ready values; None where there is nothing."""
    channel = BY_NAME[file.parent.name]
    try:
        reading = channel.read(MADE[channel.name](file.read_bytes()), a_known())
    except PushRefused as refused:
        return {"refused": type(refused).__name__, "field": refused.field}
    kept = reading.kept
    return {
        "events": [{"type": event.type} | event.model_dump(mode="json", exclude_none=True) for event in reading.events],
        "identities": [{"person": i.person, "address": dict(i.address)} for i in reading.identities],
        "kept": kept
        and {
            "reason": kept.reason,
            "account": kept.account,
            "name": kept.name,
            "at": kept.moment.at.isoformat(),
            "suspect": kept.moment.suspect,
        },
    }


def expected(file: Path) -> Path:
    return file.with_suffix(".events.json")


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_payload_becomes_what_stands_beside_it(file: Path) -> None:
    assert said(file) == json.loads(expected(file).read_text("utf-8"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_persons_id_is_in_an_event_but_sealed_beside_it(file: Path) -> None:
    """Ids of persons in the payloads; a page's or a group's are no citizens'."""
    told = json.dumps(json.loads(expected(file).read_text("utf-8")).get("events", []))
    for person in ("8509985270925410066", "8509985270925410067", "552177279717587730", "84123456789", "hotline/0912"):
        assert person not in told


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_every_channel_has_payloads_and_a_page_in_docs(channel: Channel) -> None:
    assert list((PAYLOADS / channel.name).glob("*.events.json"))
    page = PROJECT / "docs" / "channels" / f"{channel.name}.md"
    assert channel.route in page.read_text("utf-8")


def test_no_expectation_is_left_without_its_payload() -> None:
    for file in PAYLOADS.glob("*/*.events.json"):
        assert file.with_name(file.name.replace(".events.json", ".json")) in CASES


def test_every_event_the_channel_knows_has_a_payload() -> None:
    recorded = {file.name.partition("__")[0] for file in CASES if file.parent.name == "zalo"}
    assert set(EVENTS) - recorded <= {
        *(f"oa_send_group_{kind}" for kind in ("gif", "link", "audio", "video", "sticker", "location", "file")),
        *(f"oa_send_group_{kind}" for kind in ("business_card", "list", "template")),
    }, "the page's other messages to a group are read by the same builder as its text and picture"


if __name__ == "__main__":
    for case in CASES:
        if not expected(case).exists():
            expected(case).write_text(json.dumps(said(case), ensure_ascii=False, indent=2) + "\n", "utf-8")
