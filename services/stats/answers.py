"""What stats is asked, over the API, the live stream and the pages: one place, so that all three say the same."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from services.stats.domain.definitions import HEADLINE, TODAY, Metric
from services.stats.domain.headline import Headline, headline
from services.stats.domain.period import LATEST, Period, PeriodInvalid
from services.stats.settings import StatsSettings
from services.stats.store.reading import PageRow, Reading
from shared.gazetteer import VIETNAM, Commune, Register, structure_on
from shared.service.problems import Refused

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOST_MINUTES = 2 * 24 * 60
MOST_DAYS = 3_700
"""The longest series: two days by the minute, ten years by the day."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Answers:
    """Raises StoreUnavailable where it asks the database; Refused where the question is wrong."""

    reading: Reading
    register: Register
    settings: StatsSettings
    clock: Callable[[], datetime] = _now

    @property
    def today(self) -> date:
        return self.clock().astimezone(VIETNAM).date()

    def period(self, first: str | None = None, last: str | None = None) -> Period:
        """The days asked for (YYYY-MM-DD). Raises Refused (400).

        What is not said is the published period's, or, where that would end before it begins, the first of January
        of the last day's year, or today.
        """
        beginning, ending = _day("from", first), _day("to", last)
        published = self.settings.headline_to or self.today
        ending = ending or (published if beginning is None or beginning <= published else self.today)
        if beginning is None:
            published = self.settings.headline_from or LATEST
            beginning = published if published <= ending else ending.replace(month=1, day=1)
        try:
            return Period(beginning, ending)
        except PeriodInvalid as error:
            raise Refused(
                400,
                "period_invalid",
                "Khoảng ngày chưa đúng. / The period is not valid.",
                "Ngày đầu phải trước hoặc bằng ngày cuối. / The first day must not be after the last.",
                period=str(error),
            ) from None

    def communes(self, last: date) -> tuple[Commune, ...]:
        """The province's communes in the structure in force on a day."""
        return self.register.communes_of(self.register.province, last)

    def province_name(self, last: date) -> str:
        province = self.register.province_named_by(structure_on(last), self.register.province)
        return province.name if province else self.register.province

    def check_province(self, province: str | None) -> None:
        """An installation counts its own province. Raises Refused (404)."""
        if province not in (None, self.settings.province):
            raise Refused(
                404,
                "province_unknown",
                "Hệ thống này không đếm tỉnh đó. / This installation does not count that province.",
                province=self.settings.province,
            )

    async def headline(self, period: Period) -> Headline:
        return headline(await self.reading.found(period), period, self.register, as_of=self.clock())

    async def strip(self) -> dict[str, int]:
        """The counts of today."""
        return await self.reading.on_day(self.today, TODAY)

    async def tick(self, period: Period) -> bytes:
        """What the live page shows, as JSON; the same bytes when nothing moved."""
        table = await self.headline(period)
        numbers = {definition.key: getattr(table, definition.key) for definition in HEADLINE}
        return msgspec.json.encode({"headline": numbers, "today": await self.strip(), "day": self.today})

    async def series_days(self, metric: Metric, period: Period) -> list[tuple[date, int]]:
        """Raises Refused (400) for more than ten years."""
        if period.days > MOST_DAYS:
            raise _too_long(f"{MOST_DAYS} days")
        return await self.reading.days(metric.name, period, stock=metric.kind == "stock")

    async def series_minutes(self, metric: Metric, period: Period) -> list[tuple[datetime, int]]:
        """Every minute of the days asked for, up to now. Raises Refused (400) where there are no minutes."""
        if not metric.minutes:
            raise Refused(
                400,
                "no_minutes",
                "Chỉ số này chỉ có theo ngày. / This metric is kept by the day only.",
                metric=metric.name,
            )
        if period.days * 24 * 60 > MOST_MINUTES:
            raise _too_long(f"{MOST_MINUTES} minutes")
        stock = metric.kind == "stock"
        total = await self.reading.stock_before(metric.name, period.first) if stock else 0
        return await self._filled(metric.name, period.start, min(period.end, self.clock()), total if stock else None)

    async def recent(self, metric: str, span: timedelta) -> list[tuple[datetime, int]]:
        """Every minute of the last `span`, the running one included, of a flow."""
        end = self.clock().replace(second=0, microsecond=0) + timedelta(minutes=1)
        return await self._filled(metric, end - span, end, None)

    async def pages(self, period: Period) -> list[PageRow]:
        return await self.reading.pages(period)

    async def _filled(
        self, metric: str, start: datetime, end: datetime, stock: int | None
    ) -> list[tuple[datetime, int]]:
        moved = dict(await self.reading.minutes(metric, start, end))
        found = []
        for number in range(max(0, -int((start - end).total_seconds() // 60))):
            minute = start.astimezone(UTC) + timedelta(minutes=number)
            stock = None if stock is None else stock + moved.get(minute, 0)
            found.append((minute, moved.get(minute, 0) if stock is None else stock))
        return found


def _day(field: str, text: str | None) -> date | None:
    if text is None:
        return None
    if DAY.fullmatch(text):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise Refused(
        400,
        "day_invalid",
        "Ngày chưa đúng. / The day is not valid.",
        "Ngày viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2020-10-19. / Days are written as 2020-10-19.",
        field=field,
    )


def _too_long(most: str) -> Refused:
    return Refused(400, "series_too_long", "Khoảng ngày quá dài. / The period is too long.", most=most)
