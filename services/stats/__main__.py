"""`python -m services.stats`: serve, migrate, replay."""

from pathlib import Path

from services.stats.app import build
from services.stats.settings import StatsSettings
from shared.service.cli import command_line

app = command_line(
    "stats",
    StatsSettings,
    build=build,
    migrations=Path(__file__).parent / "migrations",
    about="stats: counts, once each, by event time; the headline table and the live page.",
)

if __name__ == "__main__":
    app()
