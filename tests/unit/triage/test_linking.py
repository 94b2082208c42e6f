"""Looking for the same event waits while people's messages are a backlog."""

import asyncio

import pytest

from services.triage.linking import BACKLOG, look


class Opened(Exception):  # noqa: N818 - says what happened
    pass


class Desk:
    """Tells that somebody wanted to work."""

    @property
    def store(self) -> None:
        raise Opened


def test_nothing_is_looked_at_while_messages_are_a_backlog() -> None:
    assert asyncio.run(look(Desk(), lambda: BACKLOG)) is False  # type: ignore[arg-type]  # nothing of it is asked


@pytest.mark.parametrize("behind", [0, BACKLOG - 1, None])
def test_it_goes_on_while_few_wait_or_nobody_knows(behind: int | None) -> None:
    with pytest.raises(Opened):
        asyncio.run(look(Desk(), lambda: behind))  # type: ignore[arg-type]  # the first step is enough
