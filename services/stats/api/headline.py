"""GET: the headline, its details, its series and the SQL to count it anew."""

from datetime import date
from typing import Annotated, Literal

from litestar import Router, get
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from services.stats.answers import Answers
from services.stats.api.documented import REFUSALS
from services.stats.api.models import HeadlineAnswer, HeadlineDetails, Point, Series, Table, Tables
from services.stats.domain.definitions import HEADLINE, METRICS, Metric
from services.stats.domain.period import Period
from services.stats.store import recount
from shared.service.problems import Refused

From = Annotated[
    str | None,
    QueryParameter(name="from", description="First day in Viet Nam; unset: the published one.", format="date"),
]
To = Annotated[
    str | None, QueryParameter(name="to", description="Last day in Viet Nam, included; unset: as above.", format="date")
]
ProvinceCode = Annotated[str | None, QueryParameter(name="province", examples=[Example(value="66")])]
Name = Annotated[str, QueryParameter(name="metric", description="Which count.", enum=list(METRICS))]

NOT_KEPT = "Communes come from the gazetteer (shared/gazetteer/data), not from a table of stats."


def headline_routes(answers: Answers) -> Router:
    """Public: totals of the province, nothing of a person."""
    sql = recount.load()

    @get("/headline", summary="The headline table", responses=REFUSALS)
    async def table(first: From = None, last: To = None, province: ProvinceCode = None) -> HeadlineAnswer:
        answers.check_province(province)
        return HeadlineAnswer.of(await answers.headline(answers.period(first, last)))

    @get("/headline/details", summary="What each number is, and how to check it", responses=REFUSALS)
    async def details(first: From = None, last: To = None, province: ProvinceCode = None) -> HeadlineDetails:
        answers.check_province(province)
        period = answers.period(first, last)
        return HeadlineDetails.of(await answers.headline(period), _runnable(sql, answers, period))

    @get("/tables", summary="Plain SQL that counts the headline anew", responses=REFUSALS)
    async def tables(first: From = None, last: To = None) -> Tables:
        period = answers.period(first, last)
        texts = _runnable(sql, answers, period)
        rows = [Table(key=d.key, sql=texts.get(d.key), note=None if d.key in texts else NOT_KEPT) for d in HEADLINE]
        return Tables(first=period.first, last=period.last, tables=rows)

    @get("/series", summary="One count by the day or by the minute", responses=REFUSALS)
    async def series(
        metric: Name, first: From = None, last: To = None, step: Literal["minute", "day"] = "day"
    ) -> Series:
        known = _metric(metric)
        period = answers.period(first, last)
        points = [Point(at=at, value=value) for at, value in await _points(answers, known, period, step)]
        return Series(metric=metric, kind=known.kind, step=step, first=period.first, last=period.last, points=points)

    return Router("/api/v1", route_handlers=[table, details, tables, series], tags=["numbers"])


async def _points(answers: Answers, metric: Metric, period: Period, step: str) -> list[tuple[date, int]]:
    if step == "day":
        return await answers.series_days(metric, period)
    return list(await answers.series_minutes(metric, period))


def _metric(name: str) -> Metric:
    if name not in METRICS:
        raise Refused(
            400,
            "metric_unknown",
            "Không có chỉ số này. / There is no such metric.",
            known=list(METRICS),
        )
    return METRICS[name]


def _runnable(sql: dict[str, str], answers: Answers, period: Period) -> dict[str, str]:
    return {key: recount.runnable(text, answers.settings.province, period) for key, text in sql.items()}
