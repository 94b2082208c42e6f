"""`python -m services.ingest`: serve; `migrate`, `replay TOPIC`, `provision DIR`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from services.ingest.app import build
from services.ingest.provision import ProvinceUnreadable, Provisioned, provision, read
from services.ingest.settings import IngestSettings
from shared.database import Database
from shared.service import cli

MIGRATIONS = Path(__file__).parent / "migrations"

app = cli.command_line(
    "ingest",
    IngestSettings,
    build=build,
    migrations=MIGRATIONS,
    about="Accepts what channels push, polls what they do not, keeps the register of pages and groups.",
)


@app.command(name="provision")
def provision_province(folder: Path) -> None:
    """Take a province's pages, villages and call words from FOLDER into the register; may be run again."""
    settings = cli.read(IngestSettings)
    try:
        print(f"ingest: {asyncio.run(_provision(settings, folder))}")  # noqa: T201 - it is what the command says
    except ProvinceUnreadable as error:
        sys.exit(str(error))


async def _provision(settings: IngestSettings, folder: Path) -> Provisioned:
    """Raises ProvinceUnreadable, also for a folder of another province; StoreUnavailable."""
    province = read(folder)
    if province.code != settings.province:
        raise ProvinceUnreadable(f"{folder} is province {province.code}, BINHYEN_PROVINCE says {settings.province}")
    url = settings.database_url.get_secret_value()
    database = await Database.open(url, schema="ingest", application_name="ingest-provision", max_size=1)
    try:
        return await provision(database, province, now=datetime.now(UTC))
    finally:
        await database.close()


if __name__ == "__main__":
    app()
