"""HTTP in: sign-in, cases, officers' acts, imports. A module for each thing an officer does."""

from services.triage.api.acts import answer, correct, resolve
from services.triage.api.cases import count_cases, list_cases, read_case, reveal_person
from services.triage.api.imports import import_outcomes
from services.triage.api.incidents import (
    confirm_proposal,
    list_proposals,
    list_reporters,
    part_case,
    read_incident,
    refuse_proposal,
)
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
    list_proposals,
    confirm_proposal,
    refuse_proposal,
    read_incident,
    list_reporters,
    part_case,
)

__all__ = ["ROUTES"]
