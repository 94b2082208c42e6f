"""What the screens of all four services share: look, components, languages, static files.

A service makes one `Screens` and asks it for pages; its own templates, static files and translations lie in its folder
under `templates/`, `static/` and `locale/`, and may use everything that lies here.
"""

from shared.web.charts import Chart, bars, line
from shared.web.language import Language, language_of
from shared.web.screens import Link, Screens

__all__ = ["Chart", "Language", "Link", "Screens", "bars", "language_of", "line"]
