"""PostgreSQL as every service holds it: pool and transaction, inbox, outbox, fence, migrations.

One schema a service, two roles: `<service>_owner` migrates, `<service>_run` has DML on that schema alone.
"""

from shared.database.errors import StoreUnavailable, is_of_the_world
from shared.database.fence import Fenced, Move
from shared.database.fence import advance as advance_fence
from shared.database.fence import positions as fence_positions
from shared.database.inbox import Keyed, claim, unseen
from shared.database.migrations import MigrationFailed, migrate, pending
from shared.database.outbox import OutboxRow, add
from shared.database.pool import Database, Tx
from shared.database.relay import Relay

__all__ = [
    "Database",
    "Fenced",
    "Keyed",
    "MigrationFailed",
    "Move",
    "OutboxRow",
    "Relay",
    "StoreUnavailable",
    "Tx",
    "add",
    "advance_fence",
    "claim",
    "fence_positions",
    "is_of_the_world",
    "migrate",
    "pending",
    "unseen",
]
