"""What the gazetteer speaks of: communes, districts, provinces and what became of them."""

from dataclasses import dataclass
from enum import StrEnum

from shared.gazetteer.structure import Structure


class Kind(StrEnum):
    """The type word of a commune, as it stands before its name."""

    XA = "xã"
    PHUONG = "phường"
    THI_TRAN = "thị trấn"
    DAC_KHU = "đặc khu"


class Extent(StrEnum):
    """How much of an old commune went into a new one."""

    FULL = "full"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, order=True)
class Commune:
    """One commune of one structure. `name` is without its type word: "Ea Tu"; of a numbered ward it is "1".

    The codes are those of the General Statistics Office, text of five digits. A commune of 2025 has no district.
    """

    structure: Structure
    code: str
    name: str
    kind: Kind
    district_code: str | None
    district: str | None
    province_code: str
    province: str

    @property
    def full_name(self) -> str:
        """The name with its type word: "Xã Ea Tu"."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}"

    @property
    def address(self) -> str:
        """The name as an officer reads it: "Xã Ea Tu, Thành phố Buôn Ma Thuột" in 2020, "Phường Tân An" today."""
        return f"{self.full_name}, {self.district}" if self.district else self.full_name


@dataclass(frozen=True, slots=True)
class District:
    """A district of 2020; there is none since 1 July 2025. `name` is without its type word."""

    code: str
    name: str
    full_name: str
    province_code: str


@dataclass(frozen=True, slots=True)
class Province:
    """A province or city of one structure. `name` is without "Tỉnh" or "Thành phố"."""

    structure: Structure
    code: str
    name: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the mapping seen from one side: the commune at the other side, and how much of the old one it is."""

    commune: Commune
    extent: Extent


@dataclass(frozen=True, slots=True)
class Both:
    """One place in both structures, each None where it does not follow from the other."""

    of_2020: Commune | None
    of_2025: Commune | None
