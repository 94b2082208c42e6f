"""`python -m deploy.demo.zalo`: serve until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import signal
import sys

import uvloop
from aiohttp import web

from deploy.demo.zalo.app import build_app
from deploy.demo.zalo.settings import Settings, read
from deploy.demo.zalo.world import build

SHUTDOWN_SECONDS = 2.0  # for answers under way; a held connection (fault timeout) is cut


async def serve(settings: Settings) -> None:
    """Raises OSError when the port is taken."""
    runner = web.AppRunner(build_app(build(settings)), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        host, port = runner.addresses[0][:2]
        print(f"zalo: http://{host}:{port}  seed {settings.seed}  state {settings.state}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def main() -> int:
    settings = read(sys.argv[1:])
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(serve(settings))
    except OSError as error:
        print(f"zalo: cannot listen on {settings.host}:{settings.port}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
