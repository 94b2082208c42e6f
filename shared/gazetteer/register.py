"""The communes of both structures and what became of each: pure look-ups over tables already read.

A code is never looked up without its structure: 24133 was Thắng Lợi in 2020, is Buôn Ma Thuột today.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TypeVar

from shared.gazetteer.commune import Both, Commune, District, Extent, Kind, Province, Share
from shared.gazetteer.names import key, without_type_word
from shared.gazetteer.structure import Structure, structure_on

T = TypeVar("T")


class Register:
    """Communes by code, name, district and province, in the structure of a date; the mapping in both directions.

    `province` is the installation's own, by its code in both structures (66: Đắk Lắk, alone in 2020, with the former
    Phú Yên, 54, since 1 July 2025). Nothing changes after it is built; it may be shared between threads.
    """

    def __init__(
        self,
        communes: Iterable[Commune],
        mapping: Iterable[tuple[str, str, str, Extent]],
        *,
        province: str,
    ) -> None:
        self.province = province
        self._by_code: Mapping[Structure, dict[str, Commune]] = {structure: {} for structure in Structure}
        for commune in communes:
            self._by_code[commune.structure][commune.code] = commune
        self._lines = tuple(mapping)

    def commune(self, structure: Structure, code: str | None) -> Commune | None:
        """The commune that bears this code in this structure, or None."""
        return self._by_code[structure].get(code) if code else None

    def commune_on(self, day: date, code: str | None) -> Commune | None:
        """The commune that bears this code in the structure in force on `day` (Vietnamese date), or None."""
        return self.commune(structure_on(day), code)

    def communes(self, structure: Structure) -> tuple[Commune, ...]:
        """All communes of the country in one structure, in the tables' order."""
        return tuple(self._by_code[structure].values())

    def communes_of(self, province: str, day: date) -> tuple[Commune, ...]:
        """The communes of a province on `day`: of 66 there are 184 to 30 June 2025, 102 after."""
        return self._of_province[structure_on(day)].get(province, ())

    def communes_in(self, structure: Structure, province: str) -> tuple[Commune, ...]:
        """The communes of a province in one structure."""
        return self._of_province[structure].get(province, ())

    def communes_of_district(self, district_code: str) -> tuple[Commune, ...]:
        """The communes of 2020 of one district, in the table's order."""
        return self._of_district.get(district_code, ())

    def named(
        self,
        structure: Structure,
        name: str,
        *,
        province: str | None = None,
        district: str | None = None,
        kind: Kind | None = None,
    ) -> tuple[Commune, ...]:
        """Every commune whose name is this one once folded and joined; more than one where the name is ambiguous.

        `name` is without its type word. `province` and `district` are codes and narrow the answer, as `kind` does.
        """
        return tuple(
            commune
            for commune in self._of_name[structure].get(key(name), ())
            if province in (None, commune.province_code)
            and district in (None, commune.district_code)
            and kind in (None, commune.kind)
        )

    def district(self, code: str | None) -> District | None:
        """The district of 2020 with this code, or None."""
        return self._districts.get(code) if code else None

    def districts_of(self, province: str) -> tuple[District, ...]:
        """The districts of a province of 2020: fifteen in Đắk Lắk."""
        return tuple(district for district in self._districts.values() if district.province_code == province)

    def provinces(self, structure: Structure) -> tuple[Province, ...]:
        """63 provinces in 2020, 34 today."""
        return tuple(self._provinces[structure].values())

    def province_named_by(self, structure: Structure, code: str) -> Province | None:
        """The province with this code in one structure, or None."""
        return self._provinces[structure].get(code)

    def successors(self, old_code: str) -> tuple[Share, ...]:
        """What a commune of 2020 became on 1 July 2025; two or more where it was split.

        Empty where the mapping has no line (575 codes of other provinces): unknown, a person must be asked.
        """
        return self._successors.get(old_code, ())

    def predecessors(self, new_code: str) -> tuple[Share, ...]:
        """The communes of 2020 that a commune of today is made of."""
        return self._predecessors.get(new_code, ())

    def is_split(self, old_code: str) -> bool:
        """Whether a commune of 2020 lies in more than one of today's."""
        return len(self.successors(old_code)) > 1

    def eve_name(self, old_code: str) -> str | None:
        """The name, with its type word, under which the mapping knew this code on the eve of 1 July 2025.

        24133 was "Phường Thành Công" then. None where the mapping has no line.
        """
        return self._eve_names.get(old_code)

    def both(self, commune: Commune) -> Both:
        """The same place in both structures, as far as one follows from the other without a guess."""
        if commune.structure is Structure.OF_2020:
            shares = self.successors(commune.code)
            return Both(commune, shares[0].commune if len(shares) == 1 else None)
        shares = self.predecessors(commune.code)
        return Both(shares[0].commune if len(shares) == 1 else None, commune)

    def province_after(self, province: str) -> str | None:
        """The code since 1 July 2025 of what was a province of 2020: 54 (Phú Yên) → 66. None if unknown."""
        return self._province_after.get(province)

    def provinces_before(self, province: str) -> tuple[str, ...]:
        """The codes of the provinces of 2020 that a province of today is made of: 66 → 54, 66."""
        return tuple(sorted(old for old, new in self._province_after.items() if new == province))

    # What is built on first use: not every process asks for everything.

    @cached_property
    def _of_province(self) -> Mapping[Structure, dict[str, tuple[Commune, ...]]]:
        return {
            structure: _grouped((commune.province_code, commune) for commune in communes.values())
            for structure, communes in self._by_code.items()
        }

    @cached_property
    def _of_district(self) -> dict[str, tuple[Commune, ...]]:
        old = self._by_code[Structure.OF_2020].values()
        return _grouped((commune.district_code, commune) for commune in old if commune.district_code)

    @cached_property
    def _of_name(self) -> Mapping[Structure, dict[str, tuple[Commune, ...]]]:
        return {
            structure: _grouped((key(commune.name), commune) for commune in communes.values())
            for structure, communes in self._by_code.items()
        }

    @cached_property
    def _districts(self) -> dict[str, District]:
        found = {}
        for commune in self._by_code[Structure.OF_2020].values():
            code, name = commune.district_code, commune.district
            if code and name and code not in found:
                found[code] = District(code, without_type_word(name), name, commune.province_code)
        return found

    @cached_property
    def _provinces(self) -> Mapping[Structure, dict[str, Province]]:
        return {
            structure: {
                commune.province_code: Province(
                    structure, commune.province_code, without_type_word(commune.province), commune.province
                )
                for commune in communes.values()
            }
            for structure, communes in self._by_code.items()
        }

    @cached_property
    def _successors(self) -> dict[str, tuple[Share, ...]]:
        new = self._by_code[Structure.OF_2025]
        return _grouped((old, Share(new[code], extent)) for old, _, code, extent in self._lines if code in new)

    @cached_property
    def _predecessors(self) -> dict[str, tuple[Share, ...]]:
        old = self._by_code[Structure.OF_2020]
        return _grouped((code, Share(old[before], extent)) for before, _, code, extent in self._lines if before in old)

    @cached_property
    def _eve_names(self) -> dict[str, str]:
        return {old: name for old, name, _, _ in self._lines}

    @cached_property
    def _province_after(self) -> dict[str, str]:
        """By the most of its communes: one line of An Giang leads to a neighbour."""
        votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for old, shares in self._successors.items():
            before = self.commune(Structure.OF_2020, old)
            if before is not None:
                votes[before.province_code][shares[0].commune.province_code] += 1
        return {old: max(heirs, key=lambda new: heirs[new]) for old, heirs in votes.items()}


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for name, value in pairs:
        groups[name].append(value)
    return {name: tuple(values) for name, values in groups.items()}
