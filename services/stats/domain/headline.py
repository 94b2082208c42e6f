"""The headline table put together from what the store found."""

from dataclasses import dataclass
from datetime import datetime

from services.stats.domain.offences import Change
from services.stats.domain.period import Period
from shared.gazetteer import Register, Structure, structure_on


@dataclass(frozen=True)
class Found:
    """What the store knows of a period. Stocks are those at the end of its last day."""

    pages_verified: int
    communes_verified: dict[Structure, int]
    followers_by_events: int
    followers_before: int
    """Who followed before the platform did, and still does."""
    followers_polled: int
    polled_at: datetime | None
    village_groups: int
    posts: int
    post_views: int
    tips_received_and_resolved: int
    procedure_questions_answered: int
    offences: Change


@dataclass(frozen=True)
class Headline:
    """The published table's keys, each with its number. Dates are days in Viet Nam, both inclusive."""

    province: str
    province_code: str
    period: Period
    pages_verified: int
    followers: int
    communes_with_a_verified_page: int
    communes: int
    village_groups: int
    posts: int
    post_views: int
    tips_received_and_resolved: int
    procedure_questions_answered: int
    public_order_offences_change_percent: float | None
    as_of: datetime
    found: Found


def headline(found: Found, period: Period, register: Register, *, as_of: datetime) -> Headline:
    """Communes are those of the structure in force on the period's last day."""
    structure = structure_on(period.last)
    province = register.province_named_by(structure, register.province)
    return Headline(
        province=province.name if province else register.province,
        province_code=register.province,
        period=period,
        pages_verified=found.pages_verified,
        followers=found.followers_by_events + found.followers_before,
        communes_with_a_verified_page=found.communes_verified[structure],
        communes=len(register.communes_of(register.province, period.last)),
        village_groups=found.village_groups,
        posts=found.posts,
        post_views=found.post_views,
        tips_received_and_resolved=found.tips_received_and_resolved,
        procedure_questions_answered=found.procedure_questions_answered,
        public_order_offences_change_percent=found.offences.percent,
        as_of=as_of,
        found=found,
    )
