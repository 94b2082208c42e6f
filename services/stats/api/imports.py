"""POST /api/v1/imports/offences: monthly figures, by an administrator, on the record."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from services.stats.answers import Answers
from services.stats.api.documented import refusals
from services.stats.api.models import Imported, Refusal
from services.stats.domain import offences
from services.stats.domain.offences import OffenceMonth, RefusedLine
from services.stats.store.offences import keep
from shared.access.gate import SignedIn, requires
from shared.access.officers import Officer, Role
from shared.audit import AuditRow, record
from shared.database import Database
from shared.service.problems import Refused

MOST_BYTES = 256 * 1024

DOCUMENTED: dict[int, ResponseSpec] = refusals(
    _400="Not a CSV file with these columns",
    _401="Not signed in",
    _403="Not an administrator",
    _413="More than 256 KiB",
    _503="The database is away",
)


def import_route(answers: Answers, database: Database) -> HTTPRouteHandler:
    @post(
        "/api/v1/imports/offences",
        summary="Import monthly offences (text/csv: month,offences,illustrative)",
        status_code=200,
        guards=[requires(Role.ADMINISTRATOR)],
        tags=["imports"],
        responses=DOCUMENTED,
        request_max_body_size=MOST_BYTES,
    )
    async def import_offences(request: Request[Any, Any, Any], officer: SignedIn) -> Imported:
        months, refused = _read(await request.body())
        changed = await _keep(answers, database, officer, months, refused)
        return Imported(
            imported=len(changed),
            unchanged=len(months) - len(changed),
            refused=[Refusal(line=r.line, why=r.why) for r in refused],
        )

    return import_offences


def _read(body: bytes) -> tuple[list[OffenceMonth], list[RefusedLine]]:
    try:
        return offences.read(body.decode("utf-8"))
    except (offences.HeaderWrong, UnicodeDecodeError) as error:
        why = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Refused(
            400,
            "file_unreadable",
            "Tệp không đọc được. / The file cannot be read.",
            f"Cần tệp CSV với các cột {','.join(offences.COLUMNS)}. / {why}.",
        ) from None


async def _keep(
    answers: Answers,
    database: Database,
    officer: Officer,
    months: Sequence[OffenceMonth],
    refused: Sequence[RefusedLine],
) -> list[date]:
    """The figures and the record of who brought them, in one transaction."""
    province, now = answers.settings.province, answers.clock()
    async with database.transaction(province=province) as tx:
        changed = await keep(tx, province, months, at=now, by=officer.id)
        detail = {"months": sorted(m.isoformat()[:7] for m in changed), "given": len(months), "refused": len(refused)}
        await record(
            tx,
            AuditRow(
                at=now,
                actor=officer.id,
                act="offences.imported",
                subject="register:offences",
                province=province,
                detail=detail,
                imported=True,
            ),
        )
    return changed
