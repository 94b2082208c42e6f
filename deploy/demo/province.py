"""The province's pages and villages as the outside world sees them, read from its data folder."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.demo.writing.writer import Scene

FOLDER: Final = Path(__file__).parents[1] / "provinces" / "66-dak-lak"


@dataclass(frozen=True, slots=True)
class Village:
    name: str
    commune_2020: str
    commune_2025: str
    page: str
    group: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page with the place it serves. `commune` is written as people write it, `xã Ea Tu`; "" for province offices."""

    id: str
    app_id: str
    name: str
    commune_2020: str
    commune: str
    district: str
    villages: tuple[Village, ...]

    @property
    def kind(self) -> str:
        """commune, district or province."""
        return "commune" if self.commune_2020 else "district" if self.district else "province"

    def scene(self, number: int) -> Scene:
        """Where the number-th person writes from."""
        if not self.villages:
            return Scene("", "", "")
        name = self.villages[number % len(self.villages)].name
        return Scene(self.commune, name[0].lower() + name[1:], self.district)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def folder() -> Path:
    """BINHYEN_PROVINCE_DIR, or the one that comes with the project."""
    return Path(os.environ.get("BINHYEN_PROVINCE_DIR") or FOLDER)


def read_pages(path: Path | None = None) -> list[Page]:
    """Every page of the province, in the order of its table."""
    path = path or folder()
    villages: dict[str, list[Village]] = defaultdict(list)
    for row in read_table(path / "villages.csv"):
        village = Village(row["name"], row["commune_2020"], row["commune_2025"], row["page"], row["group"])
        villages[row["page"]].append(village)
    rows = read_table(path / "pages.csv")
    districts = {
        row["district"]: row["name"].removeprefix("Công an ")
        for row in rows
        if row["district"] and not row["commune_2020"]
    }
    return [
        Page(
            id=row["page"],
            app_id=row["app_id"],
            name=row["name"],
            commune_2020=row["commune_2020"],
            commune=row["name"].removeprefix("Công an ").split(" - ")[0] if row["commune_2020"] else "",
            district=districts.get(row["district"], ""),
            villages=tuple(villages[row["page"]]),
        )
        for row in rows
    ]
