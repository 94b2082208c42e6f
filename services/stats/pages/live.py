"""GET /: the headline as large figures that move, today, and the charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from services.stats.answers import Answers
from services.stats.domain.definitions import HEADLINE, METRICS, TODAY, Definition
from services.stats.domain.headline import Headline
from services.stats.domain.period import Period
from services.stats.pages.asked import Asked, First, Lang, Last, asked
from services.stats.pages.charts import Charts, charts
from shared.database import StoreUnavailable
from shared.web import Chart, Language, Screens, language_of
from shared.web.language import moment

WORDS = {
    "model": (
        "Kết nối mạng xã hội – Bình yên cho mỗi gia đình",
        "Connected by social networks – peace for every family",
    ),
    "results": ("Kết quả", "Results"),
    "today": ("Hôm nay", "Today"),
    "recent": ("Vừa qua", "Just now"),
    "days": ("Từng ngày trong kỳ", "Day by day"),
}
BESIDE = {"communes_with_a_verified_page": "communes"}
"""Numbers shown as one of another: 184 / 184."""

LEADING = "followers"
PERCENT = "\N{NO-BREAK SPACE}%"


@dataclass(frozen=True)
class Card:
    """One large figure. `of_key`: the number it is a part of."""

    key: str
    value: int | float | None
    label: str
    other: str
    of_key: str | None = None
    of_value: int | None = None
    unit: str = ""
    note: str = ""
    illustrative: bool = False
    leading: bool = False


@dataclass(frozen=True)
class LivePage:
    """The contract with live.html. `unavailable`: the database is away, all figures are dashes."""

    province: str
    period: Period
    today: date
    cards: tuple[Card, ...]
    strip: tuple[Card, ...]
    recent: tuple[Chart, ...]
    period_charts: tuple[Chart, ...]
    stream: str
    charts_url: str
    details_url: str
    tables_url: str
    as_of: str
    refused: bool
    unavailable: bool
    nothing: bool
    model_other: str
    results_other: str
    today_other: str
    recent_other: str
    days_other: str


def live_routes(answers: Answers, screens: Screens) -> list[HTTPRouteHandler]:
    @get("/", include_in_schema=False)
    async def live(first: First = None, last: Last = None, lang: Lang = None) -> Response[str]:
        language, wanted = language_of(lang), asked(answers, first, last)
        page = await _page(answers, wanted, language)
        status = 503 if page.unavailable else 400 if page.refused else 200
        return screens.page("live.html", language, page, path="/", query=wanted.query, status=status)

    @get("/fragments/charts", include_in_schema=False)
    async def renewed(first: First = None, last: Last = None, lang: Lang = None) -> Response[str]:
        language, wanted = language_of(lang), asked(answers, first, last)
        drawn = await charts(answers, wanted.period, language)
        words = {f"{name}_other": _other(name, language) for name in ("recent", "days")}
        return screens.page("charts.html", language, {**vars(drawn), **words}, path="/", query=wanted.query)

    return [live, renewed]


async def _page(answers: Answers, wanted: Asked, language: Language) -> LivePage:
    try:
        table: Headline | None = await answers.headline(wanted.period)
        strip: Mapping[str, int | None] = await answers.strip()
        drawn = await charts(answers, wanted.period, language)
    except StoreUnavailable:
        table, strip, drawn = None, dict.fromkeys(TODAY), Charts((), ())
    here = {"from": wanted.period.first.isoformat(), "to": wanted.period.last.isoformat()}
    return LivePage(
        province=answers.province_name(wanted.period.last),
        period=wanted.period,
        today=answers.today,
        cards=tuple(_card(d, table, language) for d in HEADLINE if d.key not in BESIDE.values()),
        strip=tuple(_figure(name, strip[name], language) for name in TODAY),
        recent=drawn.recent,
        period_charts=drawn.period_charts,
        stream="/api/v1/live?" + urlencode(here),
        charts_url="/fragments/charts?" + urlencode({**here, "lang": language.value}),
        details_url="/api/v1/headline/details?" + urlencode(here),
        tables_url="/api/v1/tables?" + urlencode(here),
        as_of=moment(answers.clock(), language),
        refused=wanted.refused,
        unavailable=table is None,
        nothing=table is not None and not any(getattr(table, d.key) for d in HEADLINE if d.kind in ("stock", "flow")),
        **_others(language),
    )


def _card(d: Definition, table: Headline | None, language: Language) -> Card:
    label, other = _both(d.vi, d.en, language)
    beside = BESIDE.get(d.key)
    offences = table.found.offences if table and d.kind == "ratio" else None
    return Card(
        key=d.key,
        value=getattr(table, d.key, None),
        label=label,
        other=other,
        of_key=beside,
        of_value=getattr(table, beside, None) if beside else None,
        unit=PERCENT if d.kind == "ratio" else "",
        note=_compared(offences.first, offences.last, language) if offences else "",
        illustrative=offences.illustrative if offences else False,
        leading=d.key == LEADING,
    )


def _compared(first: date | None, last: date | None, language: Language) -> str:
    """The months of a percentage, in words."""
    if first is None or last is None:
        return ""
    if language is Language.EN:
        return f"{first.month}–{last.month}/{last.year} against the same months of {last.year - 1}"
    return f"Tháng {first.month}–{last.month}/{last.year} so với cùng kỳ {last.year - 1}"


def _figure(name: str, value: int | None, language: Language) -> Card:
    metric = METRICS[name]
    label, other = _both(metric.vi, metric.en, language)
    return Card(name, value, label, other)


def _both(vi: str, en: str, language: Language) -> tuple[str, str]:
    return (vi, en) if language is Language.VI else (en, vi)


def _other(name: str, language: Language) -> str:
    return _both(*WORDS[name], language)[1]


def _others(language: Language) -> dict[str, Any]:
    return {f"{name}_other": _other(name, language) for name in WORDS}
