"""The dead topic: what could not be processed, with why, how often, where it came from and whose group failed.

Published before the offsets of its batch are committed, so that nothing is lost between the two.
"""

import traceback
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.broker.producer import Outgoing, Producer
from shared.broker.record import Dead
from shared.topics import Topic

STACK_LIMIT = 4_000
"""Characters of the stack kept: file, line, function; never an exception's text, which may hold a citizen's words."""


def frames(error: BaseException) -> str:
    """Where it failed, without what it said."""
    lines = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    return "\n".join([type(error).__name__, *lines])[:STACK_LIMIT]


def as_dead(dead: Dead, *, topic: Topic, group: str, now: datetime) -> Outgoing:
    """The original record, whole, with our account of it in `dead_*` headers."""
    record = dead.record
    origin = record.header("dead_origin") or record.origin
    attempts = int(record.header("dead_attempts") or 0) + dead.attempts
    kept = [(name, value) for name, value in record.headers if not name.startswith("dead_")]
    account = {
        "dead_reason": dead.reason,
        "dead_stack": dead.stack,
        "dead_attempts": str(attempts),
        "dead_origin": origin,
        "dead_group": group,
        "dead_at": now.isoformat(),
    }
    headers = kept + [(name, value.encode()) for name, value in account.items()]
    return Outgoing(topic.dead, record.key.encode(), headers, record.value)


async def bury(producer: Producer, topic: Topic, group: str, dead: Sequence[Dead]) -> None:
    """Raises BrokerUnavailable: then the batch must be read again."""
    now = datetime.now(UTC)
    await producer.send([as_dead(d, topic=topic, group=group, now=now) for d in dead], timeout=10)
