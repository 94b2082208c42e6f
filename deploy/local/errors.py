"""What the person at the keyboard can mend, said in their words."""


class Refused(Exception):  # noqa: N818 - reads as what happened: the platform refused to go on
    """The platform cannot go on and says why: `vi` and `en` are whole sentences, `tail` the end of a telling log."""

    def __init__(self, vi: str, en: str, *, tail: str = "") -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en
        self.tail = tail
