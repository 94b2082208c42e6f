"""`python -m services.triage`: serve, migrate, replay, provision, examples, shadow, explain."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from cyclopts import App

from services.triage import examples, explain, shadow
from services.triage.app import build
from services.triage.domain.understanding import Tongue
from services.triage.examples import open_private
from services.triage.provision import ProvinceInvalid, provision
from services.triage.settings import TriageSettings
from services.triage.store import Store
from services.triage.store.shadow import counts
from shared.database import Database, StoreUnavailable
from shared.gazetteer import vietnamese_date
from shared.service.cli import command_line, read

SERVICE = "triage"
T = TypeVar("T")

app = command_line(
    SERVICE,
    TriageSettings,
    build=build,
    migrations=Path(__file__).parent / "migrations",
    about="Understands what people write, routes it to the responsible unit, keeps each case to its end.",
)


@app.command(name="provision")
def provision_province(folder: Path, *, accounts_file: Path) -> None:
    """Bring a province's units and officers in; generated passwords go to the file, mode 0600. Idempotent."""
    try:
        done = _with_store("provision", lambda store: provision(store, folder, accounts_file))
        print(f"{SERVICE}: {done}")  # noqa: T201 - it is what the command says
    except (ProvinceInvalid, OSError) as error:
        sys.exit(f"{SERVICE}: {error}")


learnt = App(name="examples", help="What officers corrected, to learn from.")
app.command(learnt)


@learnt.command(name="export")
def export_examples(file: Path, *, with_sealed: bool = False) -> None:
    """Write officers' corrections to FILE (mode 0600) as lines of the training text, numbers of persons masked.

    Those about the police or officials of a place stay out unless asked for. Each export goes on the record.
    """

    async def work(store: Store) -> tuple[int, int]:
        with open_private(file) as out:
            return await examples.export(store, out, sealed=with_sealed)

    try:
        written, without = _with_store("examples", work)
    except (OSError, StoreUnavailable) as error:
        sys.exit(f"{SERVICE}: {error}")
    print(f"{SERVICE}: {written} lines, {without} corrections without whole labels left out")  # noqa: T201


@app.command(name="shadow")
def count_shadow() -> None:
    """Say how many turns a second understanding read along, and of how many it would have decided otherwise."""

    async def work(store: Store) -> str:
        async with store.transaction(readonly=True) as tx:
            return shadow.table(await counts(tx))

    try:
        print(_with_store("shadow", work))  # noqa: T201 - it is what the command says
    except StoreUnavailable as error:
        sys.exit(f"{SERVICE}: {error}")


def _with_store(name: str, work: Callable[[Store], Awaitable[T]]) -> T:
    """One piece of work on the service's own database, to its end. Raises StoreUnavailable."""
    settings = read(TriageSettings)

    async def done() -> T:
        database = await Database.open(
            settings.database_url.get_secret_value(), schema=SERVICE, application_name=f"triage-{name}"
        )
        try:
            return await work(Store(database, settings.province))
        finally:
            await database.close()

    return asyncio.run(done())


@app.command(name="explain")
def explain_text(
    text: str = "",
    *,
    jsonl: bool = False,
    page_commune: str | None = None,
    on: date | None = None,
    province: str = "66",
    language: Tongue = "vi",
) -> None:
    """Say what is understood of TEXT and why. With --jsonl: lines of docs/labels.md from standard input to output.

    --language: of what is printed about TEXT; its reasons are the officers', in Vietnamese.
    """
    if jsonl:
        sys.exit(explain.lines(sys.stdin.buffer, sys.stdout, province=province))
    day = on or vietnamese_date(datetime.now(UTC))
    said = explain.one(text, page_commune=page_commune, on=day, province=province, language=language)
    print(said.encode("utf-8", "backslashreplace").decode())  # noqa: T201 - it is what it says, of any bytes typed


if __name__ == "__main__":
    app()
