"""Which language a message is in, where its letters alone tell: scripts that Vietnamese does not use.

Languages in Latin letters (Ê Đê, Gia Rai, M'Nông, H'Mông, English …) are told by the learnt model: no detector knows
those of the highlands.
"""

import re

VIETNAMESE = "vi"

_SCRIPTS = (
    ("kor", re.compile("[\uac00-\ud7af]")),
    ("jpn", re.compile("[\u3040-\u30ff]")),
    ("zho", re.compile("[\u4e00-\u9fff]")),
    ("khm", re.compile("[\u1780-\u17ff]")),
    ("lao", re.compile("[\u0e80-\u0eff]")),
    ("tha", re.compile("[\u0e00-\u0e7f]")),
    ("rus", re.compile("[\u0400-\u04ff]")),
    ("ara", re.compile("[\u0600-\u06ff]")),
)


def told_by_script(text: str) -> str | None:
    """The ISO 639-3 code of a language whose script has more letters here than the text has words; None for none."""
    if text.isascii():
        return None
    words = len(text.split())
    return next((code for code, letters in _SCRIPTS if len(letters.findall(text)) * 2 > words), None)
