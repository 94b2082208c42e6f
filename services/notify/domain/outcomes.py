"""What one call to a channel came to. Pure."""

from dataclasses import dataclass

from services.notify.senders.failures import SendFailure


@dataclass(frozen=True)
class Sent:
    """The channel took it. `quota_left`: of the quota it was paid from, where the channel told."""

    message_key: str
    quota_left: int | None = None


@dataclass(frozen=True)
class NotSent:
    """It is known that nothing reached the recipient. `code`: the channel's own number, for the log."""

    failure: SendFailure
    code: int | None = None


@dataclass(frozen=True)
class Doubtful:
    """Nobody knows: no answer came, or none that tells.

    `why`: timeout, connection_lost, gateway_timeout, gateway_error, no_answer, no_message_id.
    """

    why: str


@dataclass(frozen=True)
class NotCalled:
    """We did not even call (the lease had run out, we were stopping): the send goes back to its queue."""


Outcome = Sent | NotSent | Doubtful | NotCalled
