"""Write the tables of 66-dak-lak from the gazetteer's tables, by a seed: `python -m deploy.provinces.generate`.

The files beside it are what counts: a province that has its own lists writes them by hand and needs no generator.
"""

import argparse
import csv
import random
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
PROVINCE: Final = "66"
SEED: Final = 66
NAMES: Final[dict[str, Any]] = tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))
IN_2020: Final = ("2020-01-01", "2025-06-30")  # communes of 2020, kept until the reform of 1 July 2025
IN_2025: Final = ("2025-07-01", "")
DISTRICT_POLICE: Final = ("2020-01-01", "2025-02-28")  # resolution 190/2025/QH15 ends them on 1 March 2025
PAGES_FROM: Final = "2020-03-01"
VILLAGES: Final = 975
APP_IDS: Final = ("2866014702385519471", "3120457786915530264", "1754930268811407395")
"""Three apps of the province share its pages, so that one app's limit of 4,000 requests a minute is not everyone's."""

Row = Sequence[str]


@dataclass(frozen=True)
class Commune:
    """One commune of 2020; `commune_2025` is empty where it was split, and then `parts` has its successors."""

    code: str
    name: str
    district: str
    district_name: str
    commune_2025: str
    parts: tuple[str, ...]

    @property
    def kind(self) -> str:
        return next(kind for kind in ("Phường", "Xã", "Thị trấn") if self.name.startswith(kind))

    @property
    def bare_name(self) -> str:
        return self.name.removeprefix(self.kind).strip()


def fold(text: str) -> str:
    """Letters only, without marks: `Ea D'Rơng` and `Ea Drông` are the same."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter))


def tidy(name: str) -> str:
    """The tables write `Thị Xã Buôn Hồ` and `Huyện Krông A Na` (SOURCES.md)."""
    return " ".join(name.split()).replace("Thị Xã", "Thị xã").replace("A Na", "Ana")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_communes(gazetteer: Path) -> list[Commune]:
    successors: dict[str, list[str]] = defaultdict(list)
    for row in read(gazetteer / "communes_before_to_after_july_2025.csv"):
        successors[row["old_code"]].append(row["new_code"])
    return [
        Commune(
            code=row["code"],
            name=tidy(row["name"]),
            district=row["district_code"],
            district_name=tidy(row["district"]),
            commune_2025=successors[row["code"]][0] if len(successors[row["code"]]) == 1 else "",
            parts=tuple(sorted(successors[row["code"]])),
        )
        for row in read(gazetteer / "communes_2020.csv")
        if row["province_code"] == PROVINCE
    ]


def lower_first(name: str) -> str:
    return name[0].lower() + name[1:]


def units(communes: Sequence[Commune], today: Sequence[tuple[str, str]]) -> list[Row]:
    """unit, kind, name, structure, commune, district, valid_from, valid_to; an empty valid_to is still in force."""
    rows: list[Row] = [
        (office["unit"], office["kind"], office["name"], "", "", "", "2020-01-01", "") for office in NAMES["offices"]
    ]
    rows.append(("other-province", "other_province", "Công an tỉnh, thành phố khác", "", "", "", "2020-01-01", ""))
    districts = {commune.district: commune.district_name for commune in communes}
    rows += [
        (f"district-{code}", "district_police", f"Công an {lower_first(name)}", "2020", "", code, *DISTRICT_POLICE)
        for code, name in sorted(districts.items())
    ]
    rows += [
        (
            f"commune-2020-{c.code}",
            "commune_police",
            f"Công an {lower_first(c.name)}",
            "2020",
            c.code,
            c.district,
            *IN_2020,
        )
        for c in communes
    ]
    rows += [
        (f"commune-2025-{code}", "commune_police", f"Công an {lower_first(name)}", "2025", code, "", *IN_2025)
        for code, name in today
    ]
    return rows


def zalo_id(chance: random.Random) -> str:
    """Nineteen digits, as Zalo's own ids; text always."""
    return str(chance.randrange(10**18, 4 * 10**18))


def pages(communes: Sequence[Commune], chance: random.Random) -> list[Row]:
    """page, app_id, unit, name, commune_2020, commune_2025, district, valid_from."""
    same_name = Counter(fold(commune.bare_name) for commune in communes)
    districts = {commune.district: commune.district_name for commune in communes}
    listed: list[tuple[str, str, str, str, str]] = []
    for commune in communes:
        name = f"Công an {lower_first(commune.name)}"
        if same_name[fold(commune.bare_name)] > 1:
            name += f" - {commune.district_name}"
        unit = f"commune-2020-{commune.code}"
        listed.append((unit, name, commune.code, commune.commune_2025, commune.district))
    listed += [
        (f"district-{code}", f"Công an {lower_first(name)}", "", "", code) for code, name in sorted(districts.items())
    ]
    listed += [
        (office["unit"], office.get("page", f"{office['name']} - Công an tỉnh Đắk Lắk"), "", "", "")
        for office in NAMES["offices"]
    ]
    return [
        (zalo_id(chance), APP_IDS[number % len(APP_IDS)], unit, name, old, new, district, PAGES_FROM)
        for number, (unit, name, old, new, district) in enumerate(listed)
    ]


def village_counts(communes: Sequence[Commune], chance: random.Random) -> dict[str, int]:
    """How many villages of each commune have a group: 3 to 9, and all of them together VILLAGES."""
    counts = {commune.code: 4 + chance.randrange(3) for commune in communes}
    while (missing := VILLAGES - sum(counts.values())) != 0:
        code = chance.choice(communes).code
        step = 1 if missing > 0 else -1
        if 3 <= counts[code] + step <= 9:  # noqa: PLR2004
            counts[code] += step
    return counts


def village_names(commune: Commune, count: int, chance: random.Random) -> list[tuple[str, str]]:
    """Kind and name of each: quarters in a town, buôn and thôn in the country; no name twice in a commune."""
    found: dict[str, str] = {}
    buon = chance.sample(NAMES["buon"], count)
    thon = chance.sample([name for name in NAMES["thon"] if name != commune.bare_name], count)
    numbers = chance.sample(range(1, 2 * count + 2), count)
    town = commune.kind != "Xã"
    for buon_name, thon_name, number in zip(buon, thon, numbers, strict=True):
        roll = chance.random()
        if town:
            kind, name = ("buon", f"Buôn {buon_name}") if roll < 0.2 else ("to_dan_pho", f"Tổ dân phố {number}")  # noqa: PLR2004
        elif roll < 0.45:  # noqa: PLR2004
            kind, name = "buon", f"Buôn {buon_name}"
        else:
            kind, name = "thon", f"Thôn {thon_name if roll < 0.7 else number}"  # noqa: PLR2004
        found[name] = kind
    return [(kind, name) for name, kind in found.items()]


def villages(communes: Sequence[Commune], page_rows: Iterable[Row], chance: random.Random) -> list[Row]:
    """village, kind, name, commune_2020, commune_2025, page, group: the group is Zalo's id, known once it is made."""
    page_of = {row[4]: row[0] for row in page_rows if row[4]}
    counts = village_counts(communes, chance)
    rows: list[Row] = []
    for commune in communes:
        for number, (kind, name) in enumerate(village_names(commune, counts[commune.code], chance), start=1):
            part = commune.parts[number % len(commune.parts)]  # a village knows its part of a commune that was split
            village, group = f"{commune.code}-{number:02d}", f"{chance.getrandbits(80):020x}"
            rows.append((village, kind, name, commune.code, part, page_of[commune.code], group))
    return rows


def person_name(chance: random.Random) -> str:
    family = chance.choice(NAMES["family_names"])
    if family in {"Y", "H'"}:
        given = chance.choice(NAMES["ede_given_names"])
        return f"{family}{'' if family.endswith(chr(39)) else ' '}{given} {chance.choice(NAMES['ede_clans'])}"
    return f"{family} {chance.choice(NAMES['middle_names'])} {chance.choice(NAMES['given_names'])}"


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d").replace("'", ""))
    return "-".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def officers(today: Sequence[tuple[str, str]], chance: random.Random) -> list[Row]:
    """account, name, role, scope (province or unit), unit. No passwords: `services.triage provision` makes them."""
    desk = (
        ("viewer", "lanh-dao", 3, "duty-desk"),
        ("dispatcher", "truc-ban", 6, "duty-desk"),
        ("approver", "phe-duyet", 3, "duty-desk"),
        ("administrator", "quan-tri", 2, "duty-desk"),
        ("inspector", "thanh-tra", 2, "inspectorate"),
    )
    rows: list[Row] = [
        (f"{account}.{number}", person_name(chance), role, "province", unit)
        for role, account, count, unit in desk
        for number in range(1, count + 1)
    ]
    rows += [
        (f"ca.{slug(name.split(' ', 1)[1])}", person_name(chance), "commune_officer", "unit", f"commune-2025-{code}")
        for code, name in today
    ]
    return rows


HEADERS: Final = {
    "units.csv": ("unit", "kind", "name", "structure", "commune", "district", "valid_from", "valid_to"),
    "pages.csv": ("page", "app_id", "unit", "name", "commune_2020", "commune_2025", "district", "valid_from"),
    "villages.csv": ("village", "kind", "name", "commune_2020", "commune_2025", "page", "group"),
    "officers.csv": ("account", "name", "role", "scope", "unit"),
}


def tables(gazetteer: Path) -> dict[str, list[Row]]:
    """Every table by its file name; the same for ever from the same gazetteer."""
    chance = random.Random(SEED)  # noqa: S311 (nothing here is secret)
    communes = read_communes(gazetteer)
    today = [(r["code"], r["name"]) for r in read(gazetteer / "communes_2025.csv") if r["province_code"] == PROVINCE]
    page_rows = pages(communes, chance)
    return {
        "units.csv": units(communes, today),
        "pages.csv": page_rows,
        "villages.csv": villages(communes, page_rows, chance),
        "officers.csv": officers(today, chance),
    }


def write(folder: Path, content: dict[str, list[Row]]) -> None:
    for name, rows in content.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[name])
            writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gazetteer", type=Path, default=Path("shared/gazetteer/data"))
    parser.add_argument("--into", type=Path, default=HERE / "66-dak-lak")
    arguments = parser.parse_args()
    content = tables(arguments.gazetteer)
    write(arguments.into, content)
    print(", ".join(f"{len(rows)} rows in {name}" for name, rows in content.items()))


if __name__ == "__main__":
    main()
