"""The one-shot that prepares an installation: roles and schemas, topics, migrations, the province. May be run again.

It alone holds the superuser's and the owners' passwords; the services never see them.
BINHYEN_SECRETS_DIR holds postgres.json {"postgres": …, "ingest_owner": …, "ingest_run": …} and a folder a service.
"""

import asyncio
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import asyncpg

from shared.broker import Cluster, ensure_topics

SERVICES = ("ingest", "triage", "notify", "stats")
BOOTSTRAP = Path(__file__).parents[1] / "postgres" / "bootstrap.sql"


async def bootstrap(host: str, passwords: dict[str, str]) -> None:
    """Database, extensions, roles, schemas, rights."""
    connect = partial(asyncpg.connect, host=host, user="postgres", password=passwords["postgres"])
    server = await connect(database="postgres")
    if not await server.fetchval("select true from pg_database where datname = 'binhyen'"):
        await server.execute("create database binhyen")
    await server.close()
    database = await connect(database="binhyen")
    for role, password in passwords.items():
        if role != "postgres":
            await database.execute("select set_config('bootstrap.' || $1::text, $2, false)", role, password)
    await database.execute(BOOTSTRAP.read_text(encoding="utf-8"))
    await database.close()


def run(service: str, *arguments: str, url: str, role_url: str) -> None:
    """One command of a service, as its schema's owner where it migrates."""
    environment = os.environ | {
        "BINHYEN_PORT": "8000",
        "BINHYEN_DATABASE_URL": role_url,
        "BINHYEN_OWNER_DATABASE_URL": url,
        "BINHYEN_SECRETS_DIR": f"{os.environ['BINHYEN_SECRETS_DIR']}/{service}",
    }
    subprocess.run([sys.executable, "-m", f"services.{service}", *arguments], env=environment, check=True)


def main() -> None:
    secrets = Path(os.environ["BINHYEN_SECRETS_DIR"])
    host = os.environ["BINHYEN_POSTGRES_HOST"]
    passwords: dict[str, str] = json.loads((secrets / "postgres.json").read_text(encoding="utf-8"))
    asyncio.run(bootstrap(host, passwords))
    replication = int(os.environ["BINHYEN_TOPIC_REPLICATION"])
    created = asyncio.run(ensure_topics(Cluster(os.environ["BINHYEN_KAFKA"]), replication=replication))
    print(f"topics: {created} created")

    def url(role: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@{host}:5432/binhyen"

    for service in SERVICES:
        run(service, "migrate", url=url(f"{service}_owner"), role_url=url(f"{service}_run"))
    province = os.environ["BINHYEN_PROVINCE_DIR"]
    accounts = os.environ["BINHYEN_ACCOUNTS_FILE"]
    run("ingest", "provision", province, url=url("ingest_owner"), role_url=url("ingest_run"))
    provision_triage = ("provision", province, "--accounts-file", accounts)
    run("triage", *provision_triage, url=url("triage_owner"), role_url=url("triage_run"))


if __name__ == "__main__":
    main()
