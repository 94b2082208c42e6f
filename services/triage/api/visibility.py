"""Which cases an officer sees and may change. The store's lists and counts filter by the same rule (store/lists.py).

A sealed case (about the police or the officials of a place) is the inspectorate's. The province's duty desk and its
administrators sit beside the inspectorate, not below it: life may be at stake, and the desk hands out the work. Every
unit, viewer and approver below sees nothing of it (docs/decisions/0011).
"""

from dataclasses import dataclass

from services.triage.domain.case import Case
from shared.access import Officer, Role

WORKS = (Role.COMMUNE_OFFICER, Role.DISPATCHER, Role.ADMINISTRATOR)
SEES_CONFLICTS = (Role.DISPATCHER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an officer's lists are cut to. `units` None: the whole province. `conflicts`: with those about officials."""

    units: tuple[str, ...] | None
    conflicts: bool


def scope_of(officer: Officer) -> Scope:
    """A tip about the police of a place is seen by the inspectorate and the province's desk, never by that place."""
    units = None if officer.everywhere else tuple(sorted(officer.units))
    desk = officer.everywhere and officer.has(*SEES_CONFLICTS)
    return Scope(units, desk or officer.has(Role.INSPECTOR))


def sees(officer: Officer, case: Case) -> bool:
    scope = scope_of(officer)
    if case.conflict and not scope.conflicts:
        return False
    return scope.units is None or case.facts.unit in scope.units


def may_work_on(officer: Officer, case: Case) -> bool:
    """Correct, answer, resolve. The inspectorate works on its own cases, the others on all they see."""
    if not sees(officer, case):
        return False
    return officer.has(*WORKS) or (case.conflict and officer.has(Role.INSPECTOR))


def may_lift_seal(officer: Officer, case: Case) -> bool:
    """Only who has no part in the places' own work: the inspectorate, or an administrator of the whole province."""
    inspects = officer.has(Role.INSPECTOR) or (officer.everywhere and officer.has(Role.ADMINISTRATOR))
    return sees(officer, case) and inspects
