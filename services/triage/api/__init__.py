"""HTTP in: sign-in, cases, officers' acts, imports. A module for each thing an officer does."""

from services.triage.api.acts import answer, correct, resolve
from services.triage.api.cases import count_cases, list_cases, read_case, reveal_person
from services.triage.api.imports import import_outcomes
from services.triage.api.sign_in import me, revoke, sign_in, sign_out

ROUTES = (
    sign_in,
    sign_out,
    me,
    revoke,
    list_cases,
    count_cases,
    read_case,
    reveal_person,
    correct,
    answer,
    resolve,
    import_outcomes,
)

__all__ = ["ROUTES"]
