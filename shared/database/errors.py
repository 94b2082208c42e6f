"""Which failures of PostgreSQL are the world's, and so worth trying again as they are."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg


class StoreUnavailable(Exception):  # noqa: N818 - a state of the world, named as style.md names it
    """PostgreSQL could not do it now: away, shutting down, out of connections or disk, or two transactions collided.

    Nothing may be taken as done or as not done when it comes from a commit: the same work is done again, and inbox,
    versions and fences make that safe.
    """


TRANSIENT: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,  # 08xxx: refused, lost in the middle
    asyncpg.AdminShutdownError,  # 57P01: the server stops, or our backend was ended
    asyncpg.CrashShutdownError,  # 57P02: another backend died and all were dropped
    asyncpg.CannotConnectNowError,  # 57P03: starting up or recovering
    asyncpg.InsufficientResourcesError,  # 53xxx: too many connections, disk or memory full
    asyncpg.SerializationError,  # 40001
    asyncpg.DeadlockDetectedError,  # 40P01
    asyncpg.LockNotAvailableError,  # 55P03: lock_timeout passed
    asyncpg.QueryCanceledError,  # 57014: statement_timeout passed
    asyncpg.IdleInTransactionSessionTimeoutError,  # 25P03: we were held up and the server let go
    asyncpg.InternalClientError,  # the server's farewell came to an idle connection, its end not yet: lost all the same
    ConnectionError,
    TimeoutError,
)
"""What to try again. Everything else PostgreSQL says (a constraint, a syntax error, a right) is ours to mend."""


def is_of_the_world(error: BaseException) -> bool:
    """Whether `error` says that PostgreSQL, not our work, is at fault."""
    if isinstance(error, TRANSIENT):
        return True
    # asyncpg says this of a connection that died under a transaction; its other InterfaceErrors are misuse by us.
    return type(error) is asyncpg.InterfaceError and "closed" in str(error)


@contextmanager
def as_unavailable() -> Generator[None]:
    """Turn the world's failures into StoreUnavailable and let ours through as they are."""
    try:
        yield
    except BaseException as error:
        if is_of_the_world(error):
            # The class and its code, never the message: a server's message can quote a row.
            raise StoreUnavailable(described(error)) from error
        raise


def described(error: BaseException) -> str:
    """The error in words that are safe to log: its class, and PostgreSQL's code where it has one."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
