"""What notify is told from outside, beside what all services share."""

from datetime import timedelta

from pydantic import Field

from services.notify.domain.sends import Limits
from shared.service.settings import ServiceSettings


class NotifySettings(ServiceSettings):
    """Read once in `app.py` and passed on as values."""

    zalo_api_url: str = Field("https://openapi.zalo.me", description="Zalo's API, without a slash at the end.")
    zalo_oauth_url: str = Field(
        "https://oauth.zaloapp.com", description="Zalo's OAuth host, without a slash at the end."
    )
    zalo_timeout_seconds: float = Field(
        10.0, description="How long one call to Zalo may take, seconds; then its send is in doubt.", gt=0, le=30
    )
    concurrency: int = Field(
        8, description="Calls in flight at once: what a crash can leave in doubt, at most.", ge=1, le=64
    )
    page_per_minute: int = Field(
        100, description="Requests a minute and page, until Zalo's headers tell another limit (unconfirmed).", ge=1
    )
    app_per_minute: int = Field(
        4_000, description="Requests a minute and app, shared out among the leases of all copies.", ge=1
    )
    lease_seconds: float = Field(
        10.0, description="A copy that is silent for so long loses its accounts to the others, seconds.", ge=1
    )
    poll_seconds: float = Field(
        0.2, description="How often the queue is looked at when nothing wakes us, seconds.", gt=0
    )
    max_attempts: int = Field(8, description="Tries of a send that Zalo fails without a clear reason.", ge=1)
    retry_first_seconds: float = Field(1.0, description="Pause before the second try, seconds; it doubles.", gt=0)
    retry_longest_seconds: float = Field(300.0, description="Longest pause between two tries, seconds.", gt=0)
    doubt_pauses_seconds: tuple[float, ...] = Field(
        (2.0, 10.0, 30.0), description="When Zalo is asked about a send in doubt, seconds, each after the one before."
    )
    doubt_skew_seconds: float = Field(
        60.0, description="How far Zalo's clock may be from ours when a send in doubt is looked for, seconds.", ge=0
    )
    identity_parked_seconds: int = Field(
        600, description="How long a reply waits for its recipient's address before it fails, seconds.", ge=1
    )
    receipts_kept_days: int = Field(7, description="How long a receipt waits for a message we may not know yet.", ge=1)
    words_kept_days: int = Field(30, description="How long after its end a reply's text is kept.", ge=1)
    refresh_early_seconds: int = Field(
        7_200, description="How long before its end an access token is renewed, seconds; jitter comes on top.", ge=1
    )

    @property
    def limits(self) -> Limits:
        """How patient the domain is."""
        return Limits(
            max_attempts=self.max_attempts,
            first_pause=timedelta(seconds=self.retry_first_seconds),
            longest_pause=timedelta(seconds=self.retry_longest_seconds),
            mended_pause=timedelta(seconds=30),
            doubt_pauses=tuple(timedelta(seconds=seconds) for seconds in self.doubt_pauses_seconds),
        )

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)
