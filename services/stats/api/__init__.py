"""HTTP in: the numbers, the stream, the imports."""

from services.stats.api.headline import headline_routes
from services.stats.api.imports import import_route
from services.stats.api.stream import live_route

__all__ = ["headline_routes", "import_route", "live_route"]
