"""No push is lost or forgotten: it is kept until it has a 2xx, whatever ends the run."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo.history.plan import Plan
from deploy.demo.outbox import Outbox
from deploy.demo.province import read_pages

PAGES = read_pages()
KEYS = {page.app_id: f"key of {page.app_id}" for page in PAGES}


@pytest.fixture
def written(tmp_path: Path) -> Outbox:
    outbox = Outbox(tmp_path / "history")
    outbox.write(Plan(PAGES, seed=1, scale=Decimal("0.01")), KEYS)
    return outbox


def test_what_is_read_back_is_what_was_planned(written: Outbox) -> None:
    plan = Plan(PAGES, seed=1, scale=Decimal("0.01"))
    written.open()
    stored = list(written.pending())
    planned = list(plan.pushes())
    assert [push.body for push in stored] == [push.body for push in planned]
    assert [push.lane for push in stored] == [push.lane for push in planned]
    assert [push.headers.get("num_retry", "0") for push in stored] == [str(push.retry) for push in planned]
    first = planned[0]
    assert stored[0].headers["X-ZEvent-Signature"] == first.signature(KEYS[first.app_id])


def test_a_restart_goes_on_with_what_has_no_2xx(written: Outbox, tmp_path: Path) -> None:
    written.open()
    total = written.left
    for push in list(written.pending())[: total // 2]:
        written.acknowledge(push.number)
    written.close()
    again = Outbox(tmp_path / "history")
    again.open()
    assert again.left == total - total // 2
    assert next(again.pending()).number == total // 2


def test_what_was_not_flushed_is_sent_again(written: Outbox, tmp_path: Path) -> None:
    written.open()
    total = written.left
    written.acknowledge(0)
    written.flush()
    written.acknowledge(1)  # killed here
    again = Outbox(tmp_path / "history")
    again.open()
    assert again.left == total - 1


def test_a_journal_torn_in_the_middle_of_an_entry_is_read_up_to_there(written: Outbox, tmp_path: Path) -> None:
    written.open()
    for number in range(3):
        written.acknowledge(number)
    written.close()
    journal = tmp_path / "history" / "acknowledged.bin"
    journal.write_bytes(journal.read_bytes()[:-2])
    again = Outbox(tmp_path / "history")
    again.open()
    assert next(push.number for push in again.pending()) == 2
    again.acknowledge(2)
    again.close()
    last = Outbox(tmp_path / "history")
    last.open()
    assert last.left == written.about["pushes"] - 3


def test_the_truth_names_every_message_of_a_person(written: Outbox) -> None:
    written.open()
    keys = {
        body["message"]["msg_id"]
        for push in written.pending()
        if (body := json.loads(push.body))["event_name"] == "user_send_text"
    }
    assert {row["key"] for row in written.truth()} == keys


def test_facts_about_the_history_are_added_to(written: Outbox) -> None:
    written.note(world_built=True)
    assert written.about["world_built"] is True
    assert written.about["seed"] == 1
