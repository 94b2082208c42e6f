"""Pages over the shared base: languages, links that stay, files that may be cached for ever."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from shared.service.problems import Refused, on_refused
from shared.web import Language, Link, Screens

TEMPLATE = '{% extends "base.html" %}{% block title %}T{% endblock %}{% block content %}{{ page }}{% endblock %}'


@pytest.fixture
def screens(tmp_path: Path) -> Screens:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "own.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "own.css").write_text("a{}", encoding="utf-8")
    return Screens("stats", links={}, folder=tmp_path, navigation=(Link("/", "Trực tiếp", "Live"),))


def test_a_page_speaks_vietnamese_and_offers_english(screens: Screens) -> None:
    html = screens.render("own.html", Language.VI, "x", path="/", query={"from": "2020-03-01"})
    assert '<html lang="vi">' in html
    assert "Trực tiếp" in html
    assert 'href="/?from=2020-03-01&amp;lang=en"' in html


def test_in_english_every_link_stays_in_english(screens: Screens) -> None:
    html = screens.render("own.html", Language.EN, "x", path="/")
    assert '<html lang="en">' in html
    assert 'href="/?lang=en"' in html
    assert re.search(r'class="language" href="/"', html), "Vietnamese needs no word in the address"


def test_what_a_page_is_given_is_escaped(screens: Screens) -> None:
    assert "&lt;script&gt;" in screens.render("own.html", Language.VI, "<script>")


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    project = Path(__file__).parents[3]
    for file in [*project.glob("shared/web/templates/*.html"), *project.glob("services/*/templates/**/*.html")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", text), file
        assert "http://" not in text, file
        assert "https://" not in text, file


def test_a_static_file_is_cached_for_ever_under_the_hash_of_all(screens: Screens) -> None:
    app = Litestar([screens.static_route()], exception_handlers={Refused: on_refused})
    with TestClient(app) as client:
        answer = client.get(screens.assets.url("own.css"))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        assert client.get("/static/0000000000000000/own.css").status_code == 404
        assert client.get(f"/static/{screens.assets.digest}/missing.css").status_code == 404
        assert client.get(f"/static/{screens.assets.digest}/../templates/own.html").status_code == 404


def test_another_content_has_another_address(tmp_path: Path, screens: Screens) -> None:
    (tmp_path / "static" / "own.css").write_text("b{}", encoding="utf-8")
    assert Screens("stats", links={}, folder=tmp_path).assets.digest != screens.assets.digest


def test_a_page_that_names_a_missing_file_is_not_served(screens: Screens) -> None:
    with pytest.raises(KeyError):
        screens.assets.url("missing.js")
