"""A case as a row of a list: what every route shows of one, with the chain it is part of."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from services.triage.api.models import CaseRow
from services.triage.domain.case import Case
from services.triage.domain.incidents.chain import chain_reason
from services.triage.store import lists
from services.triage.store.chains import Marked


def row_of(row: asyncpg.Record, chain: Marked | None = None) -> CaseRow:
    """From a row of store/lists.py."""
    values: Mapping[str, Any] = {name: row[name] for name in lists.LISTED if name not in {"id", "reasons"}}
    return CaseRow(case=row["id"], reasons=[*row["reasons"], *_spread(chain)], **values)


def listed(case: Case, chain: Marked | None = None) -> CaseRow:
    """From the domain's value."""
    counted: dict[str, Any] = case.facts.model_dump(exclude={"review"})
    return CaseRow(
        code=case.code,
        case=case.id,
        version=case.version,
        kind=case.kind,
        channel=case.conversation.channel,
        due_at=case.due_at,
        review=list(case.facts.review),
        reasons=[*case.reasons, *_spread(chain)],
        first_message_key=case.first_message_key,
        messages=case.messages,
        person_says=case.person_says,
        **counted,
    )


def _spread(chain: Marked | None) -> list[str]:
    return [chain_reason(chain.persons, chain.pages, chain.first_at, chain.last_at)] if chain else []
