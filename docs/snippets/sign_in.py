"""Sign in and print the token, good for ten minutes. Standard library only.

    TOKEN=$(python docs/snippets/sign_in.py truc-ban.1)

Takes the password from .local/accounts.json, the demonstration's accounts, or from PASSWORD.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path

LOCAL = Path(os.environ.get("BINHYEN_LOCAL") or ".local")


def request(triage: str, account: str, password: str) -> urllib.request.Request:
    """POST /api/v1/sign-in."""
    body = json.dumps({"account": account, "password": password}).encode()
    return urllib.request.Request(f"{triage}/api/v1/sign-in", body, {"content-type": "application/json"})


def password_of(account: str) -> str:
    accounts = json.loads((LOCAL / "accounts.json").read_text())["accounts"]
    return next(str(one["password"]) for one in accounts if one["account"] == account)


def main(account: str) -> None:
    triage = os.environ.get("TRIAGE_URL") or json.loads((LOCAL / "platform.json").read_text())["triage"]
    asked = request(triage, account, os.environ.get("PASSWORD") or password_of(account))
    with urllib.request.urlopen(asked, timeout=10) as answer:
        print(json.load(answer)["token"])


if __name__ == "__main__":
    main(sys.argv[1])
