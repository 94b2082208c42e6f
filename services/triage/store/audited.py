"""What an audit row says of a case beside who did what: one mark, by which a sealed case's rows are told."""

from services.triage.domain.case import Case

Detail = dict[str, object]


def marked(detail: Detail, *, sealed: bool) -> Detail:
    """`sealed`: whoever reads the record for a place must leave the row out."""
    return detail | {"sealed": True} if sealed else detail


def detail_of(*cases: Case, **said: object) -> Detail:
    """Of an act on these cases, as they stand at it. One of them sealed seals the row."""
    return marked(said, sealed=any(case.conflict for case in cases))
