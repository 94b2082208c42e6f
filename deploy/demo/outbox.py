"""Every push of a history, kept in a file until ingest has taken it. It survives restarts, kill -9 included.

`pushes.tsv` holds all of them, one a line in order of arrival, written whole before the first is sent: lane,
history's clock, num_retry, signature, body (JSON, so no tab and no line break). `acknowledged.bin` is the journal:
the line number of each that has a 2xx, four bytes each, appended as they come and fsynced twice a second. What was
taken but not yet noted when the power went is sent again, and counts once: that is the platform's promise, not ours.
"""

import json
import os
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from deploy.demo.history.plan import Plan, Push

ENTRY: Final = 4
"""Bytes of one line number in the journal."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One push as it lies in the file. `number` is its line."""

    number: int
    lane: int
    arrives_at: int
    headers: Mapping[str, str]
    body: bytes


class Outbox:
    """The pushes of one history in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pushes = folder / "pushes.tsv"
        self._about = folder / "history.json"
        self._journal_path = folder / "acknowledged.bin"
        self._journal: IO[bytes] | None = None
        self._noted = array("I")
        self.acknowledged = bytearray()

    @property
    def about(self) -> dict[str, Any]:
        """Seed, scale, how many pushes, which steps are done; empty before the history is written."""
        return json.loads(self._about.read_text(encoding="utf-8")) if self._about.exists() else {}

    def note(self, **facts: object) -> None:
        """Add facts about the history, whole or not at all."""
        _write(self._about, json.dumps(self.about | facts, indent=1).encode())

    def write(self, plan: Plan, oa_secret_keys: Mapping[str, str]) -> None:
        """Write the whole history down. Once written it is never changed."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._pushes.with_suffix(".part")
        count = 0
        with part.open("wb") as file:
            for push in plan.pushes():
                file.write(_line(push, oa_secret_keys[push.app_id]))
                count += 1
            _sync(file)
        part.replace(self._pushes)
        truth = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in plan.truth())
        _write(self._folder / "truth.jsonl", truth.encode())
        self._journal_path.unlink(missing_ok=True)
        self.note(seed=plan.seed, scale=str(plan.scale), pushes=count)

    def truth(self) -> list[dict[str, str | None]]:
        """What each message of a person is: key, category, topic, procedure, commune_2020, resolved_at."""
        with (self._folder / "truth.jsonl").open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def open(self) -> None:
        """Read the journal and go on with it. A torn last entry is dropped."""
        self.acknowledged = bytearray(self.about["pushes"])
        self._journal = self._journal_path.open("ab")
        os.truncate(self._journal_path, self._journal_path.stat().st_size // ENTRY * ENTRY)
        for number in array("I", self._journal_path.read_bytes()):
            self.acknowledged[number] = 1

    @property
    def left(self) -> int:
        """How many have no 2xx yet."""
        return len(self.acknowledged) - sum(self.acknowledged)

    def pending(self) -> Iterator[Stored]:
        """What has no 2xx yet, in order of arrival."""
        with self._pushes.open("rb") as file:
            for number, line in enumerate(file):
                if not self.acknowledged[number]:
                    yield _stored(number, line)

    def acknowledge(self, number: int) -> None:
        """Ingest has it. Lasting once flushed."""
        self.acknowledged[number] = 1
        self._noted.append(number)

    def flush(self) -> None:
        """Make what was acknowledged last."""
        if self._journal and self._noted:
            self._noted, noted = array("I"), self._noted
            self._journal.write(noted.tobytes())
            _sync(self._journal)

    def close(self) -> None:
        self.flush()
        if self._journal:
            self._journal.close()
            self._journal = None


def _line(push: Push, oa_secret_key: str) -> bytes:
    head = f"{push.lane}\t{push.arrives_at}\t{push.retry}\t{push.signature(oa_secret_key)}\t"
    return head.encode() + push.body + b"\n"


def _stored(number: int, line: bytes) -> Stored:
    lane, arrives_at, retry, signature, body = line.rstrip(b"\n").split(b"\t", 4)
    headers = {"X-ZEvent-Signature": signature.decode()}
    if retry != b"0":
        headers["num_retry"] = retry.decode()
    return Stored(number, int(lane), int(arrives_at), headers, body)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        _sync(file)
    part.replace(path)
