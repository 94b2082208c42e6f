"""What an integrator copies works: the snippets, and the shell of integration.md as it stands there."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from docs.snippets import dead, read_topic, sign_in, sign_standard, sign_zalo
from services.ingest.channels import signed, zalo
from services.ingest.channels.zalo_push import read
from services.ingest.domain.register import App
from services.ingest.domain.senders import Sender
from tests.contract.docs.prose import PROJECT

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1zbmlwcGV0cw=="
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
APP, KEY = "2866014702385519471", "0123456789abcdef"
STAND_INS = 'curl() { for argument in "$@"; do printf "%s\\0" "$argument"; done; }\n'
"""What curl was given, NUL between the arguments."""


def accepted_as_standard(headers: dict[str, str], body: bytes, now: datetime) -> None:
    """Raises when ingest would refuse the push."""
    sender = Sender("hotline", "1", (SECRET,))
    signed.verify(headers=headers, body=body, sender=sender, now=now, tolerance_seconds=300)


def accepted_as_zalo(signature: str, body: bytes) -> None:
    said = read(body)
    page = zalo.page_of(said, {})
    zalo.verify(
        headers={"x-zevent-signature": signature}, body=body, said=said, page=page, apps={APP: App(APP, KEY, {})}
    )


def test_the_standard_webhooks_snippet_signs_what_ingest_accepts() -> None:
    body = sign_standard.message("Có người lạ phá khóa", message_id="m1", person="p1", at=NOW)
    accepted_as_standard(sign_standard.signed(SECRET, "m1", NOW, body), body, NOW)
    assert signed._message.decode(body).data.text == "Có người lạ phá khóa"


def test_the_standard_webhooks_snippet_sends_again_what_was_not_kept_under_the_same_id() -> None:
    with answering([503, 200]) as (url, ids):
        assert sign_standard.send(url, SECRET, "m1", b"{}") == (200, "")
    assert ids == ["m1", "m1"]


def test_the_standard_webhooks_snippet_does_not_repeat_what_was_refused() -> None:
    with answering([401]) as (url, ids):
        assert sign_standard.send(url, SECRET, "m1", b"{}")[0] == 401
    assert ids == ["m1"]


@contextlib.contextmanager
def answering(statuses: list[int]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers these, one after the other, and remembers each `webhook-id`."""
    ids: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            ids.append(self.headers["webhook-id"])
            self.send_response(statuses[len(ids) - 1])
            self.send_header("retry-after", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the tests' output is for failures."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", ids
        finally:
            server.shutdown()
            thread.join()


def test_the_zalo_snippet_signs_what_ingest_accepts() -> None:
    body = json.dumps({"app_id": APP, "event_name": "follow", "timestamp": "1700000000000"}).encode()
    accepted_as_zalo(sign_zalo.signature(APP, KEY, body), body)


def test_the_sign_in_snippet_sends_account_and_password() -> None:
    request = sign_in.request("http://127.0.0.1:1", "truc-ban.1", "pass")
    assert (request.full_url, request.get_method()) == ("http://127.0.0.1:1/api/v1/sign-in", "POST")
    assert json.loads(bytes(request.data or b"")) == {"account": "truc-ban.1", "password": "pass"}  # type: ignore[arg-type]  # urllib allows more than we give it


@pytest.mark.parametrize("snippet", [sign_standard, sign_zalo, sign_in, read_topic, dead])
def test_each_snippet_says_how_it_is_run(snippet: Any) -> None:
    assert f"docs/snippets/{Path(snippet.__file__).name}" in (snippet.__doc__ or "")


def fence(heading: str) -> str:
    """The first shell fence below a heading of integration.md."""
    text = (PROJECT / "docs" / "integration.md").read_text(encoding="utf-8")
    found = re.search(r"^```sh\n(.*?)^```", text.split(f"\n## {heading}", 1)[1], re.MULTILINE | re.DOTALL)
    assert found
    return found.group(1)


def given_to_curl(script: str, folder: Path, **environment: str) -> tuple[dict[str, str], bytes]:
    """Runs the page's own shell with a stand-in for curl; answers the headers and the body it was given."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - our own page
        ["bash", "-euc", STAND_INS + script],  # noqa: S607 - the shell of whoever runs the tests
        cwd=folder,
        env={"PATH": path, "LANG": "C.UTF-8", "INGEST": "http://127.0.0.1:1", **environment},
        capture_output=True,
        check=True,
        timeout=30,
    )
    arguments = done.stdout.decode().split("\0")[:-1]
    headers = [arguments[i + 1] for i, argument in enumerate(arguments) if argument == "-H"]
    body = arguments[arguments.index("--data-raw") + 1].encode()
    return {name.lower(): value for name, value in (h.split(": ", 1) for h in headers)}, body


def test_the_shell_for_a_signed_webhook_signs_what_ingest_accepts(tmp_path: Path) -> None:
    headers, body = given_to_curl(fence("Write a message"), tmp_path, SECRET=SECRET)
    accepted_as_standard(headers, body, datetime.now(UTC))
    signed._message.decode(body)


def test_the_shell_for_zalo_signs_what_ingest_accepts(tmp_path: Path) -> None:
    secrets = tmp_path / ".local" / "secrets" / "demo"
    secrets.mkdir(parents=True)
    (secrets / "zalo_apps.json").write_text(json.dumps({APP: {"oa_secret_key": KEY}}), encoding="utf-8")
    (tmp_path / "deploy").symlink_to(PROJECT / "deploy")
    headers, body = given_to_curl(fence("Stand in for Zalo"), tmp_path)
    accepted_as_zalo(headers["x-zevent-signature"], body)
