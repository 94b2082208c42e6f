"""What people of today do at the pages, drawn by a seed: who, where (by old names and new), what, and the answer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from deploy.demo.history.ids import Ids
from deploy.demo.province import Page, read_table
from deploy.demo.writing import hands
from deploy.demo.writing.writer import Scene, Writer, Written

FIRST_PERSON: Final = 30_000_000
"""Apart from the persons of 2020."""
Kind = Literal["question", "tip", "emergency", "other", "follow", "unfollow", "click"]
SHARES: Final[Mapping[Kind, int]] = {
    "question": 44,
    "tip": 18,
    "emergency": 1,
    "other": 13,
    "follow": 16,
    "unfollow": 3,
    "click": 5,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a person does. `answer` is what an officer would write back, "" where nobody would."""

    kind: Kind
    page: Page
    person: str
    by_app: str
    written: Written | None
    answer: str


def names_of_today(folder: Path) -> Mapping[str, str]:
    """Commune of 2025 → `xã Ea Kly`."""
    return {
        row["commune"]: row["name"].removeprefix("Công an ")
        for row in read_table(folder / "units.csv")
        if row["structure"] == "2025"
    }


class Today:
    """Deeds by number: the same seed and number give the same deed, so a restart goes on where it was."""

    def __init__(self, pages: Sequence[Page], names: Mapping[str, str], seed: int) -> None:
        self._pages = [page for page in pages if page.villages]
        self._names = names
        self._seed = seed
        self._ids = Ids(seed + 1_000)
        self._writer = Writer("today")

    def deed(self, number: int) -> Deed:
        chance = random.Random(f"{self._seed}:today:{number}")  # noqa: S311 (a story, no secret)
        kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
        back = chance.randrange(1, 400) if kind == "unfollow" else 0  # somebody who came before
        person = FIRST_PERSON + max(0, number - back)
        page = self._page_of(person)
        written = self._write(kind, self._scene(page, chance), chance)
        answer = ""
        if written and kind in {"question", "tip", "emergency"}:
            scene = self._scene(page, chance)
            answer = self._writer.answer((written.procedure or "none") if kind == "question" else None, chance, scene)
        return Deed(kind, page, self._ids.person(person), self._ids.by_app(person), written, answer)

    def _page_of(self, person: int) -> Page:
        return random.Random(f"{self._seed}:page:{person}").choice(self._pages)  # noqa: S311

    def _scene(self, page: Page, chance: random.Random) -> Scene:
        """Half still say the commune of 2020, half the one of today."""
        village = chance.choice(page.villages)
        now = self._names.get(village.commune_2025, page.commune)
        spoken = village.name[0].lower() + village.name[1:]
        return Scene(page.commune if chance.random() < 0.5 else now, spoken, page.district)  # noqa: PLR2004

    def _write(self, kind: Kind, scene: Scene, chance: random.Random) -> Written | None:
        write = {
            "question": self._writer.question,
            "tip": self._writer.tip,
            "emergency": self._writer.emergency,
            "other": self._writer.other,
        }.get(kind)
        return write(chance, scene, hands.draw(chance)) if write else None
