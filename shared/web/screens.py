"""Pages of one service: Jinja templates over the shared base, in the language asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from shared.web.assets import Assets
from shared.web.language import PARAMETER, Language, day, moment, number, translations

SHARED = Path(__file__).parent


@dataclass(frozen=True)
class Link:
    """One entry of the navigation, in both languages."""

    path: str
    vi: str
    en: str

    def label(self, language: Language) -> str:
        return self.en if language is Language.EN else self.vi


class Screens:
    """Made once by app.py. `links`: where the other services' screens are; `navigation`: this service's own."""

    def __init__(
        self, service: str, *, links: Mapping[str, str], folder: Path, navigation: Sequence[Link] = ()
    ) -> None:
        self.service = service
        self.assets = Assets([SHARED / "static", folder / "static"])
        self._environments = {language: self._environment(language, folder) for language in Language}
        self._common = {"service": service, "links": dict(links), "navigation": tuple(navigation)}

    def page(
        self,
        template: str,
        language: Language,
        page: object,
        *,
        path: str = "/",
        query: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response[str]:
        """`page`: the dataclass that is the template's contract. `path`, `query`: where we are, for links that stay."""
        html = self.render(template, language, page, path=path, query=query)
        return Response(html, status_code=status, media_type="text/html", headers={"Cache-Control": "no-store"})

    def render(
        self,
        template: str,
        language: Language,
        page: object,
        *,
        path: str = "/",
        query: Mapping[str, str] | None = None,
    ) -> str:
        """The HTML alone, also of a part of a page."""
        asked = dict(query or {})
        context: dict[str, Any] = {
            **self._common,
            "page": page,
            "language": language,
            "path": path,
            "here": partial(_address, path, asked, language),
            "to": partial(_address, query=asked, language=language),
        }
        return self._environments[language].get_template(template).render(context)

    def static_route(self) -> HTTPRouteHandler:
        """Goes into the application's handlers."""
        return self.assets.route()

    def _environment(self, language: Language, folder: Path) -> Environment:
        made = Environment(
            loader=FileSystemLoader([folder / "templates", SHARED / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        catalog = translations(language, [SHARED / "locale", folder / "locale"])
        made.install_gettext_callables(catalog.gettext, catalog.ngettext, newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
        made.globals["asset"] = self.assets.url
        made.filters["number"] = partial(number, language=language)
        made.filters["day"] = partial(day, language=language)
        made.filters["moment"] = partial(moment, language=language)
        return made


def _address(path: str, query: Mapping[str, str], language: Language, **changed: str) -> str:
    """The address of a page with its query kept, some of it changed; Vietnamese needs no `lang`."""
    merged = {**query, PARAMETER: language.value, **changed}
    kept = {k: v for k, v in merged.items() if v and (k, v) != (PARAMETER, Language.VI.value)}
    return f"{path}?{urlencode(kept)}" if kept else path
