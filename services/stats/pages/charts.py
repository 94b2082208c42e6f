"""The charts of the live page, from counts to drawings. Queries first, then pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.stats.answers import Answers
from services.stats.domain.definitions import METRICS
from services.stats.domain.period import Period
from shared.gazetteer import VIETNAM
from shared.web import Chart, Language, bars, line
from shared.web.language import MONTHS, day

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HALF_HOUR_MINUTES = 30
BY_DAY = ("followers", "procedure_questions_answered", "tips_resolved", "posts")
MESSAGES = ("Tin nhắn trong 60 phút qua", "Messages in the last 60 minutes")
MESSAGES_DAY = ("Tin nhắn trong 24 giờ qua", "Messages in the last 24 hours")

Minutes = Sequence[tuple[datetime, int]]


@dataclass(frozen=True)
class Charts:
    recent: tuple[Chart, ...]
    period_charts: tuple[Chart, ...]


async def charts(answers: Answers, period: Period, language: Language) -> Charts:
    """Raises StoreUnavailable."""
    minutes = await answers.recent("messages", DAY)
    days = [(name, await answers.series_days(METRICS[name], period)) for name in BY_DAY]
    return Charts(
        recent=(
            _recent(MESSAGES, minutes[-60:], 1, 10, language),
            _recent(MESSAGES_DAY, minutes, HALF_HOUR_MINUTES, 60, language),
        ),
        period_charts=tuple(_by_day(name, points, language) for name, points in days),
    )


def summed(minutes: Minutes, width: int) -> list[tuple[datetime, int]]:
    """Buckets of `width` minutes, each by its first minute."""
    return [(minutes[i][0], sum(value for _, value in minutes[i : i + width])) for i in range(0, len(minutes), width)]


def by_month(points: Sequence[tuple[date, int]], *, stock: bool, language: Language) -> list[tuple[str, int]]:
    """A flow's sum of each month, a stock's value at the end of each (or at the period's end)."""
    months: dict[tuple[int, int], int] = {}
    for at, value in points:
        key = (at.year, at.month)
        months[key] = value if stock else months.get(key, 0) + value
    return [(_month(*key, language), value) for key, value in months.items()]


def spread(points: Sequence[tuple[date, int]], language: Language) -> list[str]:
    """Words under a plot of days: the first, the middle and the last."""
    if len(points) < 3:  # noqa: PLR2004 - no middle
        return [day(at, language) for at, _ in points]
    return [day(points[i][0], language) for i in (0, len(points) // 2, len(points) - 1)]


def _recent(titles: tuple[str, str], minutes: Minutes, width: int, row_width: int, language: Language) -> Chart:
    values = [value for _, value in summed(minutes, width)]
    rows = [(_clock(at), value) for at, value in summed(minutes, row_width)]
    end = minutes[-1][0] + timedelta(minutes=1) if minutes else None
    labels = [_clock(at) for at, _ in (minutes[0], minutes[len(minutes) // 2])] + [_clock(end)] if end else []
    title, other = titles if language is Language.VI else titles[::-1]
    return bars(title, values, other=other, labels=labels, rows=rows)


def _by_day(name: str, points: Sequence[tuple[date, int]], language: Language) -> Chart:
    metric = METRICS[name]
    title, other = (metric.vi, metric.en) if language is Language.VI else (metric.en, metric.vi)
    stock = metric.kind == "stock"
    return (line if stock else bars)(
        title,
        [value for _, value in points],
        other=other,
        labels=spread(points, language),
        rows=by_month(points, stock=stock, language=language),
    )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"


def _month(year: int, month: int, language: Language) -> str:
    return f"{MONTHS[month - 1]} {year}" if language is Language.EN else f"{month:02}/{year}"
