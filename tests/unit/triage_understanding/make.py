"""Messages with sane defaults."""

from datetime import date

from services.triage.domain.understanding import Message, Turn

IN_2020, TODAY = date(2020, 6, 1), date(2026, 11, 1)


def a_message(
    text: str,
    *,
    on: date = IN_2020,
    page: str | None = None,
    page_2025: str | None = None,
    before: tuple[Turn, ...] = (),
) -> Message:
    return Message("m1", text, "zalo", page, page_2025, on, before)
