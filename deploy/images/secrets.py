"""`python -m deploy.images.secrets FOLDER`: generate an installation's secrets for docker-compose.yml, once.

Real Zalo apps' keys then go into FOLDER/secrets/{ingest,notify}/zalo_*.json by hand; nothing else needs an edit.
"""

import json
import sys
from pathlib import Path

from deploy.images.setup import SERVICES
from deploy.local.home import Home
from deploy.local.secret_files import Province, ensure, passwords, write_secret

PROVINCE = Path(__file__).parents[1] / "provinces" / "66-dak-lak"


def main(folder: Path) -> None:
    home = Home(folder.absolute())
    ensure(home, Province.read(PROVINCE))
    made = passwords(home)
    write_secret(home.secrets / "postgres_password", made["postgres"])
    for service in SERVICES:
        role = f"{service}_run"
        url = f"postgresql://{role}:{made[role]}@postgres:5432/binhyen"
        write_secret(home.secrets / service / "binhyen_database_url", url)
    print(json.dumps({"BINHYEN_SECRETS": str(home.secrets)}))


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the command and its folder
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
