"""A case, its facts, and what one act made of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from services.triage.domain.codes import code_of
from services.triage.domain.heard import Wanted
from services.triage.domain.summary import Corrections
from shared.events import CaseChanged, CaseFacts
from shared.events.base import NAMESPACE
from shared.events.cases import CaseAct

PERSON = "person"
MACHINE = "machine"


class Conversation(NamedTuple):
    """Who speaks with which page. `id` and `person` are pseudonyms."""

    id: str
    channel: str
    account: str
    person: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. `facts` is what others count; the rest is for the desk and for the next act."""

    id: UUID
    number: int
    code: str
    version: int
    conversation: Conversation
    facts: CaseFacts
    kind: Literal["conversation", "data_request"] = "conversation"
    place: str = "none"
    structure: str = "2020"
    reasons: tuple[str, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)
    first_message_key: str | None = None
    messages: int = 0
    last_message_at: datetime | None = None
    first_resolved_at: datetime | None = None
    acknowledged: bool = False
    proposal: Wanted | None = None
    """The procedure last asked about: what an answer is proposed for."""
    person_says: str | None = None
    """"settle" or "withdraw" where the person says so; a note for the desk, which alone decides."""
    outcome_note: str | None = None
    due_at: datetime | None = None

    @property
    def conflict(self) -> bool:
        return sealed(self.facts)


class Act(NamedTuple):
    """One act on one case: its version, its time, who did it, and the facts before and after."""

    act: CaseAct
    at: datetime
    actor: str
    version: int
    before: CaseFacts | None
    after: CaseFacts
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a case: as it stood (None: it is new), as it stands, and the acts between, one version each."""

    before: Case | None
    after: Case
    acts: tuple[Act, ...]
    cause: UUID | None = None
    """The event that brought it about, where one did: its trace goes on with what is published."""


class Identity(NamedTuple):
    """Number, id and code of a case to be."""

    number: int
    id: UUID
    code: str


def identity(number: int, province: str) -> Identity:
    """From a number of the store's sequence. Raises ValueError when the codes have run out."""
    return Identity(number, uuid5(NAMESPACE, f"case|{province}|{number}"), code_of(number))


def acted(
    case: Case, facts: CaseFacts, act: CaseAct, *, at: datetime, actor: str, imported: bool = False
) -> tuple[Case, Act]:
    """The case one version on."""
    done = Act(act, at, actor, case.version + 1, case.facts if case.version else None, facts, imported)
    return replace(case, facts=facts, version=case.version + 1), done


def events_of(change: Change, province: str) -> list[CaseChanged]:
    """cases.events.v1: one event an act; its id follows from case and version, so that a repeat is the same event.

    Of a sealed case neither page nor commune leaves the service, from the act on that seals it.
    """
    case = change.after
    return [
        CaseChanged(
            id=uuid5(NAMESPACE, f"case|{case.id}|version|{act.version}"),
            province=province,
            occurred_at=act.at,
            case=case.id,
            code=case.code,
            version=act.version,
            act=act.act,
            actor=act.actor,
            imported=act.imported,
            channel=case.conversation.channel,
            account="" if sealed(act.after) else case.conversation.account,
            before=told_to_others(act.before) if act.before else None,
            after=told_to_others(act.after),
        )
        for act in change.acts
    ]


def sealed(facts: CaseFacts) -> bool:
    """Whether it is about the police or the officials of the place."""
    return "conflict" in facts.review


def told_to_others(facts: CaseFacts) -> CaseFacts:
    """The facts as other services have them: a sealed case counts for the province and for no commune of it."""
    return facts.model_copy(update={"commune_2020": None, "commune_2025": None}) if sealed(facts) else facts
