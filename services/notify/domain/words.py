"""A text as it may leave for a group. Pure."""

WORD_JOINER = "\u2060"


def for_group(text: str) -> str:
    """Break mentions: Zalo reads `[@user_id]` as one, and nobody outside may call a group's members by our mouth."""
    return text.replace("[@", f"[{WORD_JOINER}@")
