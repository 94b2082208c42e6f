"""What stats is told from outside, beside what all services share."""

from datetime import date

from pydantic import Field

from shared.service.settings import ServiceSettings


class StatsSettings(ServiceSettings):
    """Read once in `__main__`, passed on."""

    headline_from: date | None = Field(
        None, description="First day of the published period (Viet Nam); unset: 1 January of its last day's year."
    )
    headline_to: date | None = Field(None, description="Last day of the published period (Viet Nam); unset: today.")
    live_listeners: int = Field(200, description="Most pages that may listen to the live stream at once.", ge=1)
