"""Where the installation keeps its things: everything under one folder, `.local` unless BINHYEN_LOCAL names another."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Home:
    """The folder and the names in it. Nothing is made by looking."""

    folder: Path

    @classmethod
    def of_this_project(cls) -> "Home":
        return cls(Path(os.environ.get("BINHYEN_LOCAL") or PROJECT / ".local").absolute())

    @property
    def platform(self) -> Path:
        """Every address and pid, for whoever talks to the platform."""
        return self.folder / "platform.json"

    @property
    def state(self) -> Path:
        """What the supervisor started, each by pid and start time, for the commands beside it."""
        return self.folder / "supervisor.json"

    @property
    def accounts(self) -> Path:
        return self.folder / "accounts.json"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def log(self, part: str) -> Path:
        return self.folder / "logs" / f"{part}.log"


def write_json(file: Path, value: Any, mode: int = 0o644) -> None:
    """Whole or not at all: a reader never sees half of it."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as out:
        json.dump(value, out, indent=1)
    part.replace(file)


def read_json(file: Path) -> Any:
    """The file's value, None where there is no file."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
