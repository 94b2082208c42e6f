"""A project whose four services and outside world are stand-ins: only the platform under them is the real one."""

import shutil
from pathlib import Path

from tests.servers import PROJECT

READY = """
import json, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"ready": True, "lag": {"one": 0}}).encode())

    def log_message(self, *_):
        pass


def serve(port):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("127.0.0.1", port), Ready).serve_forever()
"""
SERVICE = """
import os, sys
from services.ready import serve

if len(sys.argv) > 1:
    print(sys.argv[1:], sorted(name for name in os.environ if "OWNER" in name))
else:
    serve(int(os.environ["BINHYEN_PORT"]))
"""
ZALO = "import sys; from services.ready import serve; serve(int(sys.argv[2]))"
STEPS = {"provision": "print('provisioned')", "replay": "print('replayed')", "trickle": "import time; time.sleep(600)"}
COPIED = ("shared", "deploy/local", "deploy/locks", "deploy/postgres", "deploy/provinces")


def build(folder: Path) -> Path:
    """The project, in `folder`."""
    for name in COPIED:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for service in ("ingest", "triage", "notify", "stats"):
        write(folder / "services" / service / "__main__.py", SERVICE)
    write(folder / "services" / "ready.py", READY)
    write(folder / "deploy" / "demo" / "zalo" / "__main__.py", ZALO)
    for step, code in STEPS.items():
        write(folder / "deploy" / "demo" / f"{step}.py", code)
    return folder


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
