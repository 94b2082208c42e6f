"""recount.sql: the headline counted anew from the rows it is made of, for anybody to run."""

import re
from pathlib import Path

from services.stats.domain.period import Period

FILE = Path(__file__).parent / "recount.sql"


def load(text: str | None = None) -> dict[str, str]:
    """Each headline number's SQL, by its key, with psql's variables in it."""
    parts = re.split(r"^-- name: (\w+)\n", text or FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def runnable(sql: str, province: str, period: Period) -> str:
    """The same with the values in place of the variables, to be pasted anywhere."""
    values = {"province": province, "from": period.first.isoformat(), "to": period.last.isoformat()}
    return re.sub(r":'(\w+)'", lambda m: "'" + values[m[1]].replace("'", "''") + "'", sql)
