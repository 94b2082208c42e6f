"""Casework: a conversation's turns → its cases, opened, continued, answered. Pure; see conversation.py for the cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.triage.domain import sealing
from services.triage.domain.case import MACHINE, PERSON, Act, Case, Change, Conversation, Identity, acted
from services.triage.domain.conversation import Segment, Settling, Turn, cut, matched
from services.triage.domain.heard import Wanted
from services.triage.domain.routing import Page, Units, route
from services.triage.domain.summary import (
    Corrections,
    Summary,
    corrected_summary,
    in_order,
    status,
    summarise,
    wants_a_person,
)
from shared.events import CaseFacts
from shared.events.cases import CaseAct
from shared.gazetteer import structure_on, vietnamese_date

PERSON_SAYS = {
    "settle": "Người gửi cho biết việc đã được giải quyết; cán bộ xem lại.",
    "withdraw": "Người gửi xin rút lại điều đã báo; cán bộ xem lại.",
}
"""A note to the officer: a report of crime is never ended by its sender's word."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What casework needs to know of the province. `window`: how long an answered case takes further messages."""

    units: Units
    window: timedelta


@dataclass(frozen=True, slots=True)
class File:
    """A conversation from the case in force at its earliest news on. `fresh`: the turns that are news.

    `sealed_waits`: an earlier case of it is sealed, open, and answered by nobody.
    """

    conversation: Conversation
    page: Page
    cases: tuple[Case, ...]
    turns: tuple[Turn, ...]
    fresh: frozenset[UUID] = frozenset()
    sealed_waits: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A file cut into cases. `of` is the case each segment goes on, None where one opens."""

    file: File
    segments: tuple[Segment, ...]
    of: tuple[Case | None, ...]

    @property
    def openings(self) -> int:
        return sum(case is None for case in self.of)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one conversation: the cases that changed, and the case of each turn that has a new one."""

    changes: tuple[Change, ...]
    case_of: Mapping[UUID, UUID]


def lay_out(file: File, desk: Desk) -> Layout:
    """Cut the conversation anew: what came late may move a beginning or part one case into two."""
    begins = {case.id: case.first_message_key for case in file.cases}
    turns = [
        replace(turn, to=begins.get(turn.case) if turn.case else None) if turn.own else turn for turn in file.turns
    ]
    resolutions = [
        Settling(case.first_resolved_at, case.first_message_key)
        for case in file.cases
        if case.first_resolved_at is not None and case.first_message_key is not None
    ]
    segments = cut(turns, resolutions, window=desk.window)
    known = [(case.facts.opened_at, case) for case in file.cases]
    return Layout(file, tuple(segments), tuple(matched(segments, known)))


def settle(layout: Layout, identities: Iterator[Identity], desk: Desk) -> Settled:
    """Bring each case up to its segment. Takes one identity a case that opens (`Layout.openings` of them).

    Words that were sealed stay sealed in whatever case they come to, and so does what may go on with them.
    """
    changes: list[Change] = []
    case_of: dict[UUID, UUID] = {}
    sealed, waits = {case.id for case in layout.file.cases if case.conflict}, layout.file.sealed_waits
    for segment, before in zip(layout.segments, layout.of, strict=True):
        case = before if before is not None else _unopened(next(identities), layout.file, segment)
        for turn in (*segment.messages, *segment.answers, *segment.automatic):
            if turn.case != case.id:
                case_of[turn.id] = case.id
        more = waits and sealing.may_tell_more(before, case.corrections, segment.messages)
        if more or sealing.stays(before, segment.messages, sealed):
            case = replace(case, corrections=sealing.put_on(case.corrections))
        change = _brought_up(before, case, segment, layout.file, desk)
        waits = waits or sealing.waits(change.after)
        if change.acts:
            changes.append(change)
    return Settled(tuple(changes), case_of)


def _unopened(identity: Identity, file: File, segment: Segment) -> Case:
    """Version 0: a case that has its code and nothing else yet."""
    nothing = CaseFacts(category="other", topic="other", urgency="low", status="open", opened_at=segment.opened_at)
    return Case(identity.id, identity.number, identity.code, 0, file.conversation, nothing)


def _brought_up(before: Case | None, case: Case, segment: Segment, file: File, desk: Desk) -> Change:
    """First what the person's messages changed, then what the answers did."""
    acts: list[Act] = []
    case = _told_by_messages(case, segment, file, desk, acts)
    by = segment.answered_by
    if by is None and case.facts.answered_at is None:  # most cases, most of the time: nothing more to tell
        return Change(before, case, tuple(acts))
    told = _told(case, segment, file.page, desk, answered_at=segment.answered_at)
    answers = [turn for turn in segment.answers if turn.id in file.fresh]
    for turn in answers:
        case = _act_on(case, told, "answered", turn.at, turn.officer or MACHINE, acts)
    if not answers and told != case:
        name: CaseAct = "answered" if by else "routed"
        turn = by or segment.messages[0]
        case = _act_on(case, told, name, turn.at, turn.officer or MACHINE, acts)
    return Change(before, case, tuple(acts))


def _told_by_messages(case: Case, segment: Segment, file: File, desk: Desk, acts: list[Act]) -> Case:
    """An act for each message that is news; `routed` where only turns kept before have moved."""
    told = _told(case, segment, file.page, desk, answered_at=case.facts.answered_at)
    reopened = (case.facts.status, told.facts.status) == ("resolved", "open")
    still = replace(told, facts=replace_facts(told.facts, status="resolved")) if reopened else told
    for turn in (turn for turn in segment.messages if turn.id in file.fresh):
        case = _act_on(case, still, "message_added" if case.version else "opened", turn.at, PERSON, acts)
    if not case.version:
        case = _act_on(case, still, "opened", segment.opened_at, PERSON, acts)
    as_told = bool(acts) and not reopened  # whatever was just acted on is
    if not as_told and replace(told, version=case.version) != case:
        case = _act_on(case, told, "reopened" if reopened else "routed", segment.messages[-1].at, MACHINE, acts)
    return case


def _act_on(case: Case, told: Case, name: CaseAct, at: datetime, actor: str, acts: list[Act]) -> Case:
    """The case as it is told, one version on; the act goes onto `acts`."""
    before = case.facts if case.version else None
    acts.append(Act(name, at, actor, case.version + 1, before, told.facts))
    return replace(told, version=case.version + 1)


def _told(case: Case, segment: Segment, page: Page, desk: Desk, *, answered_at: datetime | None) -> Case:
    """The case as its segment tells it."""
    messages = segment.messages
    facts = replace_facts(
        case.facts,
        opened_at=segment.opened_at,
        answered_at=answered_at,
        status=status(
            answered_at=answered_at,
            resolved_at=case.facts.resolved_at,
            messages=messages,
            officer_at=segment.answers[-1].at if segment.answers else None,
        ),
    )
    described = replace(
        case,
        facts=facts,
        first_message_key=messages[0].key,
        messages=len(messages),
        last_message_at=messages[-1].at,
        proposal=_last_wanted(messages),
        person_says=segment.person_says,
    )
    return routed(described, summed_up(messages, case.corrections), page, desk)


def _last_wanted(messages: Sequence[Turn]) -> Wanted | None:
    return next((turn.heard.wants for turn in reversed(messages) if turn.heard.wants is not None), None)


def summed_up(messages: Sequence[Turn], corrections: Corrections) -> Summary:
    """The labels of a case with messages; whoever asked for a person, or was not helped, is to be looked at."""
    summary = summarise(messages, corrections)
    if not wants_a_person(messages):
        return summary
    return replace(summary, review=in_order({*summary.review, "no_answer"}))


def routed(case: Case, summary: Summary, page: Page, desk: Desk) -> Case:
    """The case with its labels, and with the unit that is responsible for them on the day it was opened."""
    day = vietnamese_date(case.facts.opened_at)
    to = route(summary, page, desk.units, day)
    facts = replace_facts(
        case.facts,
        category=summary.category,
        topic=summary.topic,
        urgency=summary.urgency,
        commune_2020=summary.commune_2020,
        commune_2025=summary.commune_2025,
        unit=to.unit,
        review=to.review,
    )
    said = (PERSON_SAYS[case.person_says],) if case.person_says else ()
    reasons = (*summary.reasons, *said, to.because)
    return replace(case, facts=facts, place=summary.place, structure=structure_on(day).value, reasons=reasons)


def replace_facts(facts: CaseFacts, **changes: object) -> CaseFacts:
    return facts.model_copy(update=changes)


# ── officers' acts ───────────────────────────────────────────────────────────────────────────────────────────────


def correct(
    case: Case,
    messages: Sequence[Turn],
    corrections: Corrections,
    *,
    page: Page,
    desk: Desk,
    at: datetime,
    officer: str,
) -> Change:
    """What the officer says stands from now on, against the machine and later messages; the route follows it."""
    standing = replace(case, corrections=corrections)
    summary = summed_up(messages, corrections) if messages else corrected_summary(case.facts, case.place, corrections)
    told = routed(standing, summary, page, desk)
    after, act = acted(replace(told, facts=case.facts), told.facts, "corrected", at=at, actor=officer)
    return Change(case, after, (act,))


def answer(case: Case, messages: Sequence[Turn], *, at: datetime, officer: str) -> Change:
    """An officer's answer by our own door. The first one is when the case was answered."""
    answered_at = case.facts.answered_at or at
    standing = status(answered_at=answered_at, resolved_at=case.facts.resolved_at, messages=messages, officer_at=at)
    after, act = acted(
        case, replace_facts(case.facts, answered_at=answered_at, status=standing), "answered", at=at, actor=officer
    )
    return Change(case, after, (act,))


def resolve(
    case: Case,
    messages: Sequence[Turn],
    outcome: str,
    note: str | None,
    *,
    at: datetime,
    officer: str,
    imported: bool = False,
) -> Change:
    """The case's end, at the act's own time. Resolved again, the last outcome and time stand."""
    first = min(at, case.first_resolved_at) if case.first_resolved_at else at
    facts = replace_facts(
        case.facts,
        resolved_at=at,
        outcome=outcome,
        status=status(answered_at=case.facts.answered_at, resolved_at=at, messages=messages, officer_at=None),
    )
    standing = replace(case, first_resolved_at=first, outcome_note=note)
    after, act = acted(standing, facts, "resolved", at=at, actor=officer, imported=imported)
    return Change(case, after, (act,))


def then(first: Change, second: Change) -> Change:
    """Two changes of one case, one after the other, as one."""
    return Change(first.before, second.after, first.acts + second.acts)
