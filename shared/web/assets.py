"""Static files under one hash: `/static/<hash>/<name>`, cached for ever, since another content has another address.

One hash for all of a service's files, so that a script may import its neighbour by a relative path.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from shared.service.problems import Refused

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    content: bytes
    media_type: str


class Assets:
    """All static files of some folders, read once. A later folder's file stands before an earlier one's."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._files: dict[str, Asset] = {}
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                if file.suffix in MEDIA_TYPES:
                    name = file.relative_to(folder).as_posix()
                    self._files[name] = Asset(file.read_bytes(), MEDIA_TYPES[file.suffix])
        whole = sha256()
        for name, asset in sorted(self._files.items()):
            whole.update(f"{name}\0{len(asset.content)}\0".encode() + asset.content)
        self.digest = whole.hexdigest()[:16]

    def url(self, name: str) -> str:
        """Where a page finds the file. Raises KeyError for one that is not there: a page with a hole is not served."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"

    def route(self) -> HTTPRouteHandler:
        """GET /static/…; outside the API's description."""

        @get("/static/{digest:str}/{name:path}", include_in_schema=False)
        async def static(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
            asset = self._files.get(str(name).lstrip("/"))
            if asset is None or digest != self.digest:
                raise Refused(404, "not_found", "Không có tệp này. / There is no such file.")
            return Response(
                asset.content,
                media_type=asset.media_type,
                headers={"Cache-Control": FOREVER, "ETag": f'"{self.digest}"'},
            )

        return static
