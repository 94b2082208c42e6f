"""Whose a case is: the unit in force on its day, or a desk where no commune may be guessed.

The design's promises 6 (no silent guess) and 10 (a tip about a commune's own police never reaches it).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.triage.domain.summary import REPORTS, Summary, in_order
from shared.gazetteer import structure_on


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its days of validity, both included. `commune` is a code of `structure`."""

    unit: str
    kind: str
    name: str
    structure: str | None
    commune: str | None
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Page:
    """The page a message came to, as its register says. A page nobody told us of has neither unit nor commune."""

    account: str
    unit: str | None = None
    commune_2020: str | None = None
    commune_2025: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """`unit` None: the province has no such desk, so it is the whole province's. `because`: for the officer to read."""

    unit: str | None
    review: tuple[str, ...]
    because: str


class Units:
    """The province's units, found by id, kind or commune on a day."""

    def __init__(self, units: Iterable[Unit], *, data_requests: str | None = None) -> None:
        self._by_id = {unit.unit: unit for unit in units}
        self._data_requests = data_requests
        self._of_commune: dict[tuple[str, str], list[Unit]] = {}
        for unit in self._by_id.values():
            if unit.structure and unit.commune:
                self._of_commune.setdefault((unit.structure, unit.commune), []).append(unit)

    def of_commune(self, structure: str, code: str | None, day: date) -> Unit | None:
        found = self._of_commune.get((structure, code), ()) if code else ()
        return next((unit for unit in found if unit.in_force(day)), None)

    def valid(self, unit: str | None, day: date) -> Unit | None:
        found = self._by_id.get(unit) if unit else None
        return found if found and found.in_force(day) else None

    def desk(self, kind: str, day: date) -> str | None:
        return next((u.unit for u in self._by_id.values() if u.kind == kind and u.in_force(day)), None)

    def data_requests(self, day: date) -> str | None:
        """Who answers a person about their data: the unit of the setting, else the duty desk."""
        chosen = self.valid(self._data_requests, day)
        return chosen.unit if chosen else self.desk("duty_desk", day)


def route(summary: Summary, page: Page, units: Units, day: date) -> Route:
    """The unit for a case of `day` (the Vietnamese date it was opened)."""
    structure = structure_on(day).value
    code = summary.commune_2020 if structure == "2020" else summary.commune_2025
    if "conflict" in summary.review:
        return Route(units.desk("inspectorate", day), summary.review, "Liên quan cán bộ tại chỗ: chuyển Thanh tra.")
    if summary.place == "outside":
        return Route(units.desk("other_province", day), summary.review, "Sự việc ngoài tỉnh.")
    if unit := units.of_commune(structure, code, day):
        return Route(unit.unit, summary.review, f"Thuộc địa bàn {unit.name}.")
    if code is None and _nothing_told(summary) and (own := units.valid(page.unit, day)):
        return Route(own.unit, summary.review, f"Không nêu địa điểm: giữ tại {own.name}.")
    return Route(units.desk("duty_desk", day), _unclear(summary), "Chưa rõ xã, phường: chuyển Trực ban.")


def _nothing_told(summary: Summary) -> bool:
    """A report without any place is no page's: a person decides. Anything else is answered by the page it was asked."""
    return summary.place in {"page", "conversation"} or (summary.place == "none" and summary.category not in REPORTS)


def _unclear(summary: Summary) -> tuple[str, ...]:
    if summary.category not in REPORTS:
        return summary.review
    return in_order({*summary.review, "commune_unclear"})
