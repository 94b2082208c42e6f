"""`python -m tests.browser.screenshots http://127.0.0.1:PORT docs/images`: the live page as the README shows it."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser_gate import arguments, chromium

SHOTS = (
    ("live-1280", "/", 1280, 900),
    ("live-360", "/", 360, 740),
    ("live-en-1280", "/?lang=en", 1280, 900),
    ("communes-1280", "/communes", 1280, 900),
)
SETTLE_MS = 1_500
"""Until the stream has connected and numbers have stopped moving."""


def take(address: str, folder: Path) -> list[Path]:
    """One PNG of each; the live page whole, the list of communes as far as the screen shows it."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
        for name, path, width, height in SHOTS:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="vi-VN")
            page.goto(address.rstrip("/") + path)
            page.wait_for_timeout(SETTLE_MS)
            taken.append(folder / f"{name}.png")
            page.screenshot(path=taken[-1], full_page=path != "/communes")
        browser.close()
    return taken


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for file in take(sys.argv[1], Path(sys.argv[2])):
        print(file)  # noqa: T201 - a command's answer
