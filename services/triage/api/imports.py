"""Registers kept elsewhere, brought in by the province's desk."""

from functools import partial

from litestar import post
from litestar.params import RawBody

from services.triage import importing
from services.triage.api import problems
from services.triage.api.models import Imported, RefusedRow
from services.triage.api.parts import Parts
from services.triage.api.visibility import sees
from services.triage.domain.imports import FileInvalid
from shared.access import Role, SignedIn, requires


@post(
    "/api/v1/imports/outcomes",
    summary="Nhập kết quả xử lý / Import outcomes",
    tags=["imports"],
    status_code=200,
    guards=[requires(Role.DISPATCHER, Role.ADMINISTRATOR)],
)
async def import_outcomes(body: RawBody, officer: SignedIn, triage: Parts) -> Imported:
    """text/csv in UTF-8, `case_code,outcome,acted_at,note`, up to 10,000 rows. Each act keeps its own time.

    The same file again changes nothing. A line that cannot be taken is named with its reason; the others are taken.
    """
    try:
        report = await importing.import_outcomes(body, officer=officer.id, seen=partial(sees, officer), triage=triage)
    except FileInvalid as error:
        raise problems.bad_import(str(error)) from None
    refused = [RefusedRow(bad.line, bad.code, bad.why) for bad in report.bad]
    return Imported(report.imported, report.unchanged, refused)
