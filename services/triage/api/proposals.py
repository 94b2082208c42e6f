"""What the knowledge base proposes to an officer: the sure text in both languages, and what they must look up first."""

from services.triage.api.models import FactToCheck, ProposedAnswer
from services.triage.domain.answers import doubts
from services.triage.domain.case import Case
from services.triage.triage import Triage
from shared.gazetteer import vietnamese_date


def proposal_for(case: Case, triage: Triage) -> ProposedAnswer | None:
    """For the procedure last asked about, on the day it was; None where none was, or the knowledge base has none."""
    wanted, asked_at = case.proposal, case.last_message_at
    entry = triage.knowledge.get(wanted.procedure) if wanted else None
    if wanted is None or entry is None or asked_at is None:
        return None
    return ProposedAnswer(
        procedure=wanted.procedure,
        confidence=wanted.confidence,
        asked_for=list(wanted.parts),
        text_vi=entry.text(wanted.parts, "vi"),
        text_en=entry.text(wanted.parts, "en"),
        text_version=entry.version,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        to_check=[FactToCheck(name, part.vi, part.en, part.basis) for name, part in entry.parts.items() if part.check],
        doubts=doubts(entry, wanted, vietnamese_date(asked_at), triage.settings.answer_policy),
    )
