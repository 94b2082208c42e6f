"""Refusals as the OpenAPI document tells them."""

from litestar.openapi.datastructures import ResponseSpec

from services.stats.api.models import Problem
from shared.service.problems import PROBLEM


def refusals(**whys: str) -> dict[int, ResponseSpec]:
    """`refusals(_400="why")`: each answered as a problem (RFC 9457)."""
    return {
        int(code.lstrip("_")): ResponseSpec(Problem, generate_examples=False, media_type=PROBLEM, description=why)
        for code, why in whys.items()
    }


REFUSALS = refusals(
    _400="A day, a period or a metric that is not valid",
    _404="Another province",
    _503="The database is away",
)
