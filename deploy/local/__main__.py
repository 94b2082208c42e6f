"""`python -m deploy.local …`: what the Makefile's targets call."""

import signal
import sys
import tempfile
import threading
from pathlib import Path

from cyclopts import App

from deploy.local.errors import Refused

app = App(
    name="deploy.local", help="The embedded platform: Kafka, PostgreSQL, the services, the demo.", version_flags=[]
)


@app.command
def testservers(file: Path) -> None:
    """Keep one Kafka and one PostgreSQL up for test runs until SIGTERM; BINHYEN_TEST_SERVERS=FILE uses them."""
    from deploy.local import pair  # noqa: PLC0415 - each command loads what it uses

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    with tempfile.TemporaryDirectory(prefix="binhyen-tests-") as folder, pair.running(Path(folder)) as servers:
        servers.write(file)
        print(f"kafka {servers.kafka}, postgres {servers.postgres} → {file}", flush=True)
        asked.wait()
        file.unlink(missing_ok=True)


def main() -> int:
    try:
        app()
    except Refused as refused:
        print(f"✗ {refused.vi}\n  {refused.en}", file=sys.stderr)
        if refused.tail:
            print("\n".join(f"  │ {line}" for line in refused.tail.splitlines()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
