"""What a page's address asks for. A wrong day does not cost the reader the page: it shows the published period."""

from dataclasses import dataclass
from typing import Annotated

from litestar.params import QueryParameter

from services.stats.answers import Answers
from services.stats.domain.period import Period
from shared.service.problems import Refused

First = Annotated[str | None, QueryParameter(name="from")]
Last = Annotated[str | None, QueryParameter(name="to")]
Lang = Annotated[str | None, QueryParameter(name="lang")]


@dataclass(frozen=True)
class Asked:
    """`refused`: the address named no valid period. `query`: what links keep."""

    period: Period
    refused: bool
    query: dict[str, str]


def asked(answers: Answers, first: str | None, last: str | None) -> Asked:
    try:
        period = answers.period(first or None, last or None)
    except Refused:
        return Asked(answers.period(), refused=True, query={})
    given = {"from": first or "", "to": last or ""}
    return Asked(period, refused=False, query={k: v for k, v in given.items() if v})
