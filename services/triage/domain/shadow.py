"""What a second understanding would have decided otherwise: labels alone, no words, no reasons."""

from collections.abc import Mapping
from typing import Any

NOT_KEPT = frozenset({"id", "reasons", "version", "confidence"})
"""What says nothing of a difference, or repeats what a citizen wrote."""


def differing(standing: Mapping[str, Any], shadow: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of two decisions (the line of docs/labels.md) that differ, as the shadow has them."""
    return {name: value for name, value in shadow.items() if name not in NOT_KEPT and value != standing.get(name)}
