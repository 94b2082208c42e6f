"""Monthly offences, as an administrator imported them."""

from collections.abc import Sequence
from datetime import date, datetime

from services.stats.domain.offences import OffenceMonth
from shared.database import Tx

KEEP = """
insert into offence_months (province, month, offences, illustrative, imported_at, imported_by)
select $1, m.month, m.offences, m.illustrative, $5, $6
from unnest($2::date[], $3::integer[], $4::boolean[]) as m(month, offences, illustrative)
order by m.month
on conflict (province, month) do update set offences = excluded.offences, illustrative = excluded.illustrative,
    imported_at = excluded.imported_at, imported_by = excluded.imported_by
where (offence_months.offences, offence_months.illustrative) <> (excluded.offences, excluded.illustrative)
returning month
"""
"""Only what differs is written: the same file again changes nothing."""

MONTHS = """
select month, offences, illustrative from offence_months
where province = $1 and month between $2 and $3 order by month
"""


async def keep(tx: Tx, province: str, months: Sequence[OffenceMonth], *, at: datetime, by: str) -> list[date]:
    """The months that are new or changed."""
    rows = await tx.fetch(
        KEEP,
        province,
        [m.month for m in months],
        [m.offences for m in months],
        [m.illustrative for m in months],
        at,
        by,
    )
    return [row["month"] for row in rows]


async def months_up_to(tx: Tx, province: str, to: date) -> list[OffenceMonth]:
    """The months of the year of `to`, up to it, and of the year before."""
    rows = await tx.fetch(MONTHS, province, date(to.year - 1, 1, 1), to)
    return [OffenceMonth(*row) for row in rows]
