"""Which failures are the world's, and which are ours."""

import asyncpg
import pytest

from shared.database import StoreUnavailable, is_of_the_world
from shared.database.errors import as_unavailable, described


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError("lost"),
        asyncpg.AdminShutdownError("ended"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.TooManyConnectionsError("full"),
        asyncpg.DiskFullError("full"),
        asyncpg.DeadlockDetectedError("twice"),
        asyncpg.SerializationError("twice"),
        asyncpg.LockNotAvailableError("waited"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_the_worlds_failure_becomes_store_unavailable(error: Exception) -> None:
    assert is_of_the_world(error)
    with pytest.raises(StoreUnavailable), as_unavailable():
        raise error


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.UniqueViolationError("twice"),
        asyncpg.PostgresSyntaxError("selct"),
        asyncpg.InsufficientPrivilegeError("not yours"),
        asyncpg.DataError("no number"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        FileNotFoundError("ours"),
        ValueError("ours"),
    ],
)
def test_our_own_failure_stays_what_it_is(error: Exception) -> None:
    assert not is_of_the_world(error)
    with pytest.raises(type(error)), as_unavailable():
        raise error


def test_a_servers_message_is_never_quoted_for_it_can_quote_a_row() -> None:
    assert described(asyncpg.UniqueViolationError("Key (name)=(Nguyễn) exists")) == "UniqueViolationError 23505"
    assert described(ValueError("Nguyễn")) == "ValueError"
