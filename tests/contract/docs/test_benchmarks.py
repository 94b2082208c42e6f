"""The page of measurements names the commands that write it, and each command writes its own part alone."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bench.page import PAGE, write_part
from bench.triage.bare import DECISION
from services.triage.domain.understanding import Act, Category, Decision, Place, Urgency, decision_to_fields


@pytest.mark.parametrize(("command", "part"), [("make bench", "bench"), ("make bench-triage", "bench-triage")])
def test_each_command_is_named_and_has_its_part(command: str, part: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{command}`" in page
    assert page.count(f"<!-- {part} -->") == page.count(f"<!-- /{part} -->") == 1


def test_a_part_is_written_without_touching_the_other(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\nold\n<!-- /one -->\nb\n<!-- one-more -->\nkept\n<!-- /one-more -->\nc\n")
    write_part("one", "new\n", page)
    assert (
        page.read_text() == "a\n<!-- one -->\nnew\n<!-- /one -->\nb\n<!-- one-more -->\nkept\n<!-- /one-more -->\nc\n"
    )


def test_a_page_without_the_part_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- one -->\nno end\n")
    with pytest.raises(ValueError, match="no part one"):
        write_part("one", "new\n", page)
    assert page.read_text() == "a\n<!-- one -->\nno end\n"


def test_the_bare_loop_keeps_as_many_fields_of_a_message_as_the_service() -> None:
    given: dict[str, Any] = dict.fromkeys((each.name for each in fields(Decision)), ())
    given |= {"category": Category.TIP, "urgency": Urgency.NORMAL, "act": Act.REPORT, "place": Place.PAGE}
    decision = Decision(**given)
    assert DECISION.keys() == (decision_to_fields(decision).keys() - {"id"}) | {"version"}
