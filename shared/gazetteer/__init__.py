"""Communes of 2020 and of today, the mapping between them, and their outlines. Call `Gazetteer.load()` at start-up.

Pure code takes a `Register` (no file is read through it); `Gazetteer` is one that read its tables and places points.
"""

from shared.gazetteer.commune import Both, Commune, District, Extent, Kind, Province, Share
from shared.gazetteer.gazetteer import CommuneNear, Gazetteer
from shared.gazetteer.register import Register
from shared.gazetteer.structure import VIETNAM, Structure, structure_on, vietnamese_date

__all__ = [
    "VIETNAM",
    "Both",
    "Commune",
    "CommuneNear",
    "District",
    "Extent",
    "Gazetteer",
    "Kind",
    "Province",
    "Register",
    "Share",
    "Structure",
    "structure_on",
    "vietnamese_date",
]
