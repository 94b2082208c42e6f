"""Which structure of communes is in force on a day, and the day of an instant.

Viet Nam changed from districts and communes to communes alone on 1 July 2025 (Law 72/2025/QH15). The tables hold two
structures: that of 1 June 2020 and that of 1 July 2025; what changed between is reached through the mapping.
"""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

# Asia/Ho_Chi_Minh has been UTC+7 without summer time since 1975: no tz database is needed to know its date.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
FIRST_DAY_OF_2025 = date(2025, 7, 1)


class Structure(StrEnum):
    """A structure, named by the year of its table. A commune's code means nothing without one."""

    OF_2020 = "2020"
    OF_2025 = "2025"


def structure_on(day: date) -> Structure:
    """The structure to answer in on a Vietnamese date: 2020's to 30 June 2025, 2025's from 1 July 2025."""
    return Structure.OF_2025 if day >= FIRST_DAY_OF_2025 else Structure.OF_2020


def vietnamese_date(instant: datetime) -> date:
    """The date in Viet Nam at an instant. Raises ValueError for a time without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone to have a date in Viet Nam")
    return instant.astimezone(VIETNAM).date()
