"""Which cases an officer sees and may change. The store's lists and counts filter by the same rule (store/lists.py)."""

from dataclasses import dataclass

from services.triage.domain.case import Case
from shared.access import Officer, Role

WORKS = (Role.COMMUNE_OFFICER, Role.DISPATCHER, Role.ADMINISTRATOR)
SEES_CONFLICTS = (Role.INSPECTOR, Role.DISPATCHER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an officer's lists are cut to. `units` None: the whole province. `conflicts`: with those about officials."""

    units: tuple[str, ...] | None
    conflicts: bool


def scope_of(officer: Officer) -> Scope:
    """A tip about the police of a place is seen by the inspectorate and the province's desk, never by that place."""
    units = None if officer.everywhere else tuple(sorted(officer.units))
    return Scope(units, officer.everywhere and officer.has(*SEES_CONFLICTS))


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
