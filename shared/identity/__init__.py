"""Who is behind a pseudonym: pseudonyms that never change, and sealed addresses whose keys rotate."""

from shared.identity.pseudonyms import Pseudonymiser
from shared.identity.sealing import CannotOpen, Sealer

__all__ = ["CannotOpen", "Pseudonymiser", "Sealer"]
