"""What the routes share: the service's parts as a dependency, codes from paths, and the case an act is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.di import NamedDependency

from services.triage.api import problems
from services.triage.api.visibility import may_work_on, sees
from services.triage.domain.case import Case
from services.triage.domain.codes import normal, wrong_with
from services.triage.domain.conversation import Turn
from services.triage.domain.intake import Past
from services.triage.store import cases, conversations
from services.triage.triage import Triage
from shared.access import NotAllowed, Officer
from shared.database import Tx

Parts = NamedDependency[Triage]
"""A handler's parameter `triage: Parts`."""


def code_from(spoken: str) -> str:
    """A code as people write it. Raises Refused, which says when a digit is wrong."""
    wrong = wrong_with(spoken)
    if wrong is not None:
        raise problems.bad_code(wrong)
    return normal(spoken)


async def seen_case(tx: Tx, spoken: str, officer: Officer) -> Case:
    """The case, if the officer may see it. Raises Refused (404 for one out of scope, as for one that is not)."""
    code = code_from(spoken)
    case = (await cases.by_codes(tx, [code])).get(code)
    if case is None or not sees(officer, case):
        raise problems.not_found()
    return case


@dataclass(frozen=True, slots=True)
class Held:
    """A case whose conversation is locked, with its turns."""

    case: Case
    past: Sequence[Past]

    @property
    def messages(self) -> tuple[Turn, ...]:
        return tuple(p.turn for p in self.past if p.turn.speaker == "person")


async def held_case(tx: Tx, spoken: str, officer: Officer, version: int) -> Held:
    """The case to act on, locked and read after the lock. Raises Refused: unknown, out of scope, not theirs, stale."""
    seen = await seen_case(tx, spoken, officer)
    await conversations.lock_known(tx, [seen.conversation.id])
    case = (await cases.hold(tx, [seen.code]))[seen.code]
    if not sees(officer, case):
        raise problems.not_found()
    if not may_work_on(officer, case):
        raise NotAllowed(needs="commune_officer, dispatcher, administrator")
    if case.version != version:
        raise problems.stale_version(case.version)
    return Held(case, await conversations.turns_of_case(tx, case.id))
