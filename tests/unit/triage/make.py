"""Values with sane defaults for triage's tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from services.triage.domain.case import Conversation, Identity, identity
from services.triage.domain.casework import Desk
from services.triage.domain.conversation import Reading, Turn
from services.triage.domain.routing import Unit, Units
from services.triage.domain.understanding import Act, Category, Decision, Place, Urgency
from shared.events.base import NAMESPACE

START = datetime(2020, 5, 4, 8, tzinfo=UTC)
WINDOW = timedelta(days=7)
CONVERSATION = Conversation("c" * 32, "zalo", "page-1", "c" * 32)
BEGINNING, END_OF_2020 = date(2020, 1, 1), date(2025, 6, 30)

UNITS = (
    Unit("duty-desk", "duty_desk", "Trực ban", None, None, BEGINNING, None),
    Unit("inspectorate", "inspectorate", "Thanh tra", None, None, BEGINNING, None),
    Unit("other-province", "other_province", "Công an tỉnh khác", None, None, BEGINNING, None),
    Unit("office-traffic", "province_office", "Phòng Cảnh sát giao thông", None, None, BEGINNING, None),
    Unit("district-643", "district_police", "Công an thành phố", None, None, BEGINNING, date(2025, 2, 28)),
    Unit("commune-2020-24118", "commune_police", "Công an phường Tân Lập", "2020", "24118", BEGINNING, END_OF_2020),
    Unit("commune-2020-24154", "commune_police", "Công an xã Ea Tu", "2020", "24154", BEGINNING, END_OF_2020),
    Unit("commune-2025-24163", "commune_police", "Công an phường Tân An", "2025", "24163", date(2025, 7, 1), None),
)


def a_desk(**changes: Any) -> Desk:
    plain: dict[str, Any] = {"units": Units(UNITS), "window": WINDOW}
    return Desk(**plain | changes)


def a_reading(**changes: Any) -> Reading:
    """A tip about violence in Ea Tu."""
    plain: dict[str, Any] = {
        "category": "tip",
        "topic": "violence",
        "urgency": "normal",
        "act": "report",
        "place": "text",
        "commune_2020": "24154",
        "commune_2025": "24163",
    }
    return Reading(**plain | changes)


def thanks() -> Reading:
    return a_reading(category="other", topic="thanks", urgency="low", act="thank", place="page", closes=True)


def turn_id(name: object) -> UUID:
    return uuid5(NAMESPACE, f"test|{name}")


def a_message(days: float = 0, name: object = "m", **changes: Any) -> Turn:
    """A person's turn, `days` after START."""
    plain: dict[str, Any] = {"reading": a_reading(), "reachable": True}
    return Turn(START + timedelta(days=days), turn_id(name), "person", f"key-{name}", **plain | changes)


def an_answer(days: float = 1, name: object = "a", **changes: Any) -> Turn:
    """A page's turn."""
    plain: dict[str, Any] = {"key": f"key-{name}", "officer": "o" * 32}
    return Turn(START + timedelta(days=days), turn_id(name), "page", **plain | changes)


def a_decision(**changes: Any) -> Decision:
    """A question on residence at the page's commune, as sure as can be."""
    plain: dict[str, Any] = {
        "id": "m",
        "category": Category.ADMIN_QUESTION,
        "also": (),
        "topic": "residence",
        "topics": ("residence",),
        "urgency": Urgency.LOW,
        "act": Act.ASK,
        "procedure": "temporary-residence-registration",
        "language": "vi",
        "about_police": False,
        "place": Place.PAGE,
        "province": "66",
        "commune_2020": "24118",
        "commune_2025": "24121",
        "candidates": (),
        "confidence": 0.95,
        "review": (),
        "reasons": (),
        "procedure_confidence": 0.99,
    }
    return Decision(**plain | changes)


def a_tip(**changes: Any) -> Decision:
    """A report of theft in Ea Tu."""
    plain: dict[str, Any] = {
        "category": Category.TIP,
        "topic": "theft",
        "topics": ("theft",),
        "urgency": Urgency.NORMAL,
        "act": Act.REPORT,
        "procedure": None,
        "procedure_confidence": 0.0,
        "place": Place.TEXT,
        "commune_2020": "24154",
        "commune_2025": "24163",
    }
    return a_decision(**plain | changes)


def identities() -> Iterator[Identity]:
    """An endless supply, from number 1 on."""
    return (identity(number, "66") for number in count(1))
