"""What the API answers, as its OpenAPI document shows it."""

from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from services.stats.domain.definitions import HEADLINE, Definition
from services.stats.domain.headline import Headline


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class HeadlineAnswer(Answer):
    """The headline table. Dates are days in Viet Nam, both inclusive."""

    province: str
    province_code: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    pages_verified: int
    followers: int
    communes_with_a_verified_page: int
    communes: int
    village_groups: int
    posts: int
    post_views: int
    tips_received_and_resolved: int
    procedure_questions_answered: int
    public_order_offences_change_percent: float | None = Field(
        description="Whole months of the year of `to` against the year before; null when a month is unknown."
    )
    as_of: datetime

    @classmethod
    def of(cls, table: Headline) -> Self:
        return cls(
            province=table.province,
            province_code=table.province_code,
            first=table.period.first,
            last=table.period.last,
            as_of=table.as_of,
            **{definition.key: getattr(table, definition.key) for definition in HEADLINE},
        )


class NumberDetails(Answer):
    """One number with what it means. `kind`: a stock is as of `to`, a flow counts within [from, to]."""

    key: str
    value: Any
    """A whole number; of the ratio a decimal, or null. `int | float` would make a schema that no whole number fits."""
    kind: Literal["stock", "flow", "register", "ratio"]
    label: dict[str, str]
    meaning: dict[str, str]
    source: str
    sql: str | None
    cross_check: dict[str, str] | None = None


class OffencesDetails(Answer):
    """Which months the percentage compares, and whether any of them is illustrative."""

    first_month: date | None
    last_month: date | None
    illustrative: bool


class HeadlineDetails(Answer):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    numbers: list[NumberDetails]
    followers_by_events: int
    followers_before_the_platform: int
    followers_polled: int
    polled_at: datetime | None
    offences: OffencesDetails
    as_of: datetime

    @classmethod
    def of(cls, table: Headline, sql: dict[str, str]) -> Self:
        return cls(
            first=table.period.first,
            last=table.period.last,
            numbers=[_details(d, getattr(table, d.key), sql.get(d.key)) for d in HEADLINE],
            followers_by_events=table.found.followers_by_events,
            followers_before_the_platform=table.found.followers_before,
            followers_polled=table.found.followers_polled,
            polled_at=table.found.polled_at,
            offences=OffencesDetails(
                first_month=table.found.offences.first,
                last_month=table.found.offences.last,
                illustrative=table.found.offences.illustrative,
            ),
            as_of=table.as_of,
        )


class Point(Answer):
    at: date | datetime
    value: int


class Series(Answer):
    """Every day (or minute) once, zeros included. Of a stock, the value at the end of each."""

    metric: str
    kind: Literal["stock", "flow"]
    step: Literal["minute", "day"]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    points: list[Point]


class Table(Answer):
    key: str
    sql: str | None
    note: str | None = None


class Tables(Answer):
    """Plain SQL over stats' own rows, to count the headline anew without stats."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    tables: list[Table]


class Refusal(Answer):
    line: int
    why: str


class Imported(Answer):
    """`unchanged`: months that were there already with the same figures."""

    imported: int
    unchanged: int
    refused: list[Refusal]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None


def _details(d: Definition, value: float | None, sql: str | None) -> NumberDetails:
    return NumberDetails(
        key=d.key,
        value=value,
        kind=d.kind,
        label={"vi": d.vi, "en": d.en},
        meaning={"vi": d.meaning_vi, "en": d.meaning_en},
        source=d.source,
        sql=sql,
        cross_check={"vi": d.check_vi, "en": d.check_en} if d.check_vi else None,
    )
