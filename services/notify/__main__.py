"""`python -m services.notify`: serve, migrate, replay."""

from pathlib import Path

from services.notify.app import build
from services.notify.settings import NotifySettings
from shared.service.cli import command_line

app = command_line(
    "notify",
    NotifySettings,
    build=build,
    migrations=Path(__file__).parent / "migrations",
    about="Alerts and replies: approval, pacing, sending, receipts.",
)

if __name__ == "__main__":
    app()
