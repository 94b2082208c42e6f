"""`python -m deploy.local …`: what the Makefile's targets call. Each command loads only what it uses."""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from cyclopts import App

from deploy.local.errors import Refused
from deploy.local.home import Home

app = App(
    name="deploy.local", help="The embedded platform: Kafka, PostgreSQL, the services, the demo.", version_flags=[]
)


def switched_on(name: str, default: str) -> bool:
    return os.environ.get(name, default) not in {"", "0", "no", "false"}


@app.command
def run() -> int:
    """Start everything (make run). DEMO=0: no history. DETACH=1: return when ready. SEED, REPLAY_SCALE: the history."""
    from deploy.local import run as running  # noqa: PLC0415

    home = Home.of_this_project()
    if switched_on("DETACH", "0"):
        return running.detach(home)
    passed_on = ("TRICKLE_SECONDS", *(name for name in os.environ if name.startswith("ZALO_SIM_")))
    demo = {name: os.environ[name] for name in passed_on if os.environ.get(name)}
    demo |= {name: os.environ.get(name) or "1" for name in ("SEED", "REPLAY_SCALE")}
    return running.run(home, demo=demo, with_history=switched_on("DEMO", "1"))


@app.command
def stop() -> int:
    """End everything (make stop); the data stays."""
    from deploy.local import run as running  # noqa: PLC0415

    return running.stop(Home.of_this_project())


@app.command
def status() -> int:
    """Each part: up, port, memory, lag (make status). STATUS=json prints JSON."""
    from deploy.local import status as looking  # noqa: PLC0415

    home = Home.of_this_project()
    if os.environ.get("STATUS") == "json":
        print(looking.as_json(home))
        return 0
    return looking.show(home)


@app.command
def logs(part: str | None = None) -> int:
    """The end of the logs; on a terminal, or with FOLLOW=1, also what comes until Ctrl-C (make logs PART=ingest)."""
    from deploy.local import logs as reading  # noqa: PLC0415

    follow = switched_on("FOLLOW", "1" if sys.stdout.isatty() else "0")
    try:
        reading.show(Home.of_this_project(), part, follow=follow)
    except (KeyboardInterrupt, BrokenPipeError):
        return 0
    return 0


@app.command
def clean() -> int:
    """Delete this installation's data, logs and secrets (make clean); fetched files and environment stay."""
    from deploy.local import run as running  # noqa: PLC0415

    return running.clean(Home.of_this_project())


@app.command
def topics(bootstrap: str) -> int:
    """Create the topics of the one table that are not there yet."""
    import asyncio  # noqa: PLC0415

    from shared.broker.admin import ensure_topics  # noqa: PLC0415
    from shared.broker.cluster import Cluster  # noqa: PLC0415

    print(asyncio.run(ensure_topics(Cluster(bootstrap))))
    return 0


@app.command
def relock() -> int:
    """Resolve Kafka's jars again and write deploy/locks/jars.lock (make relock, with the Python locks)."""
    from deploy.local import relock as locking  # noqa: PLC0415

    print(locking.relock(), "jars")
    return 0


@app.command
def testservers(file: Path) -> int:
    """Keep one Kafka and one PostgreSQL up for test runs until SIGTERM; BINHYEN_TEST_SERVERS=FILE uses them."""
    from deploy.local import pair  # noqa: PLC0415

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    with tempfile.TemporaryDirectory(prefix="binhyen-tests-") as folder, pair.running(Path(folder)) as servers:
        servers.write(file)
        print(f"kafka {servers.kafka}, postgres {servers.postgres} → {file}", flush=True)
        asked.wait()
        file.unlink(missing_ok=True)
    return 0


def main() -> int:
    try:
        return int(app() or 0)
    except Refused as error:
        from deploy.local import say  # noqa: PLC0415

        say.refused(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
