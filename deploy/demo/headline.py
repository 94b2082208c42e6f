"""The headline as stats tells it beside what the history must add up to."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from deploy.demo.api import Services
from deploy.demo.figures import Figures
from deploy.demo.surroundings import DemoError

LOOK_AGAIN_SECONDS: Final = 0.5
NAMES: Final = {
    "pages_verified": ("Trang đã xác thực", "verified pages"),
    "followers": ("Người quan tâm", "followers"),
    "communes_with_a_verified_page": ("Xã, phường có trang", "communes with a verified page"),
    "communes": ("Xã, phường, thị trấn", "communes"),
    "village_groups": ("Nhóm thôn, buôn", "village groups"),
    "posts": ("Bài đăng", "posts"),
    "post_views": ("Lượt xem", "views of posts"),
    "tips_received_and_resolved": ("Tin báo tiếp nhận, giải quyết", "tips received and resolved"),
    "procedure_questions_answered": ("Câu hỏi thủ tục đã trả lời", "questions answered"),
    "public_order_offences_change_percent": ("Phạm pháp hình sự về TTXH (%)", "public-order offences, change"),
}
BY_WEBHOOK: Final = ("followers", "village_groups")
"""Figures that stand once the last webhook is counted."""
BY_CASE: Final = ("tips_received_and_resolved", "procedure_questions_answered")
"""Figures that move with webhooks, and again when officers correct a category or enter an outcome."""


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    expected: int | float
    counted: Any

    @property
    def right(self) -> bool:
        return bool(self.counted == self.expected)


async def ask(services: Services, figures: Figures, province: str) -> Mapping[str, Any]:
    """The headline of stats for the history's period. Raises DemoError."""
    answer = await services.get(
        "stats",
        "/api/v1/headline",
        province=province,
        **{"from": figures.first.isoformat(), "to": figures.last.isoformat()},
    )
    if not answer.ok:
        raise DemoError(f"stats does not tell its headline: {answer.why()}")
    return dict(answer.body)


def compare(told: Mapping[str, Any], figures: Figures) -> list[Line]:
    return [Line(key, expected, told.get(key)) for key, expected in figures.headline.items()]


async def wait_for(
    services: Services,
    figures: Figures,
    province: str,
    *,
    keys: tuple[str, ...],
    patience_seconds: float,
    report: Callable[[list[Line]], None] = lambda _lines: None,
) -> list[Line]:
    """The lines, once all of `keys` are right, or once nothing has changed for `patience_seconds`."""
    last: list[Line] = []
    changed_at = time.monotonic()
    while True:
        lines = compare(await ask(services, figures, province), figures)
        if lines != last:
            last, changed_at = lines, time.monotonic()
            report(lines)
        if all(line.right for line in lines if line.key in keys):
            return lines
        if time.monotonic() - changed_at > patience_seconds:
            return lines
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def table(lines: list[Line]) -> Table:
    """The ten lines with ✓ or ✗."""
    shown = Table(title="Kết quả 1/3 – 19/10/2020 · results", title_justify="left")
    for column, justify in (
        ("", "left"),
        ("", "left"),
        ("phải có · expected", "right"),
        ("đếm được · counted", "right"),
    ):
        shown.add_column(column, justify=justify)  # type: ignore[arg-type] # rich names them by Literal
    for line in lines:
        vi, en = NAMES[line.key]
        mark = "[green]✓[/]" if line.right else "[red]✗[/]"
        shown.add_row(mark, f"{vi} [dim]· {en}[/]", number(line.expected), number(line.counted))
    return shown


def number(value: object) -> str:
    """As Vietnam writes it: 129.208 and −6,58."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",").replace("-", "−")
    return "—" if value is None else str(value)
