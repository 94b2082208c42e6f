"""What ingest is told from outside, beside what all services share."""

from typing import Literal

from pydantic import Field

from shared.service.settings import ServiceSettings


class IngestSettings(ServiceSettings):
    """Read once in `app.py` and passed on as values."""

    zalo_api_url: str = Field("https://openapi.zalo.me", description="Zalo's API, without a slash at the end.")
    push_max_bytes: int = Field(1_048_576, description="Largest body of a push, bytes; more is 413.", ge=1_024)
    push_seconds: float = Field(
        1.5, description="How long Kafka may take to acknowledge a push, seconds. Zalo waits 2.", gt=0, lt=2
    )
    signed_tolerance_seconds: int = Field(
        300, description="Largest age of a Standard-Webhooks timestamp either way, seconds.", ge=1
    )
    identity_remembered: int = Field(
        50_000, description="How many identities just published are remembered, so as not to publish them again.", ge=1
    )
    identity_remembered_seconds: int = Field(
        3_600, description="How long, seconds: an address erased meanwhile comes back with the next push.", ge=1
    )
    register_refresh_seconds: float = Field(
        2.0, description="How often the snapshot of pages and call words is read anew, seconds.", gt=0
    )
    poll_interval_seconds: int = Field(900, description="How often each page is polled, seconds.", ge=1)
    poll_concurrency: int = Field(8, description="Pages polled at once by this copy of the service.", ge=1, le=64)
    poll_timeout_seconds: float = Field(10.0, description="How long one poll may take, seconds.", gt=0)
    poll_posts: Literal["all", "new"] = Field(
        "all", description="`all` walks every post each time and so sees its views; `new` stops at the first known one."
    )
    poll_slice: int = Field(10, description="Posts asked for at once (Zalo's largest: unconfirmed).", ge=1, le=50)
    poll_reserve: float = Field(
        0.25, description="Share of an app's requests a minute that polls leave to sends.", ge=0, lt=1
    )
