"""A person asks for their data to be removed: a case of its own kind, with its legal clock."""

from services.triage.domain.case import PERSON, Case, Change, Conversation, Identity, acted
from services.triage.domain.casework import replace_facts
from services.triage.domain.clocks import Clocks
from services.triage.domain.routing import Units
from shared.events import CaseFacts, PersonWithdrew
from shared.gazetteer import structure_on, vietnamese_date

CLOCK = "data.request"
TOPIC = "data_request"


def open_request(event: PersonWithdrew, identity: Identity, units: Units, clocks: Clocks) -> Change:
    """No message opens it and none joins it. It is `other` in the counts: a right used is no question on a page."""
    day = vietnamese_date(event.decided_at)
    conversation = Conversation(event.person, event.channel, event.account, event.person)
    facts = CaseFacts(category="other", topic=TOPIC, urgency="normal", status="open", opened_at=event.decided_at)
    case = Case(
        id=identity.id,
        number=identity.number,
        code=identity.code,
        version=0,
        conversation=conversation,
        facts=facts,
        kind="data_request",
        structure=structure_on(day).value,
        reasons=("Người dân yêu cầu xóa dữ liệu cá nhân.",),
        due_at=clocks.due(CLOCK, event.decided_at),
    )
    after, act = acted(
        case, replace_facts(facts, unit=units.data_requests(day)), "opened", at=event.decided_at, actor=PERSON
    )
    return Change(None, after, (act,))
