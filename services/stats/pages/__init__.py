"""The screens of stats, one file a thing a person comes for. Public: totals, nothing of a person."""

from litestar.handlers import HTTPRouteHandler

from services.stats.answers import Answers
from services.stats.pages.communes import communes_routes
from services.stats.pages.live import live_routes
from shared.web import Link, Screens

NAVIGATION = (Link("/", "Trực tiếp", "Live"), Link("/communes", "Các xã", "Communes"))


def page_routes(answers: Answers, screens: Screens) -> list[HTTPRouteHandler]:
    return [*live_routes(answers, screens), *communes_routes(answers, screens)]
