"""Fixtures every test may ask for. The servers start only when a test wants them."""

from collections.abc import Callable, Iterator

import pytest

from deploy.local.aside import run_aside
from deploy.local.pair import Pair
from tests.browser_gate import chromium, pytest_configure, pytest_terminal_summary, without_browser
from tests.servers import Database, Databases, Topics, shared_or_started

__all__ = ["pytest_configure", "pytest_terminal_summary"]  # hooks: pytest finds them here

PLATFORM = "integration/platform/"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A file's tests run in one worker, for what they share; those on the whole platform share it across files."""
    without_browser(config, items)
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(PLATFORM if PLATFORM in file else file))


@pytest.fixture(scope="session")
def servers() -> Iterator[Pair]:
    """Running Kafka and PostgreSQL."""
    with shared_or_started() as pair:
        yield pair


@pytest.fixture(scope="session")
def kafka_bootstrap(servers: Pair) -> str:
    """`host:port` of the running Kafka."""
    return servers.kafka


@pytest.fixture(scope="session")
def postgres(servers: Pair) -> Iterator[Databases]:
    """The running PostgreSQL, as a maker of databases."""
    databases = Databases(servers)
    yield databases
    databases.close()


@pytest.fixture
def make_database(postgres: Databases) -> Iterator[Callable[..., Database]]:
    """`make_database("triage", "stats")`: a database of the test's own, migrated for those services."""
    made: list[Database] = []

    def make(*services: str) -> Database:
        made.append(postgres.create(*services))
        return made[-1]

    yield make
    for database in made:
        postgres.drop(database)


@pytest.fixture
def database(make_database: Callable[..., Database]) -> Database:
    """A database of the test's own with roles, schemas and extensions, and no table."""
    return make_database()


@pytest.fixture
def topics(kafka_bootstrap: str) -> Iterator[Topics]:
    """Topics of the test's own: `await topics.create("orders")`."""
    own = Topics(kafka_bootstrap)
    yield own
    run_aside(own.delete())


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program; tests that ask for it carry the `browser` mark."""
    path = chromium()
    assert path is not None
    return path
