"""The container's health check: exit 0 when /health/ready says so, with nothing but the standard library."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    url = f"http://127.0.0.1:{os.environ.get('BINHYEN_PORT', '8000')}/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            return 0 if answer.status == 200 else 1  # noqa: PLR2004 - HTTP's own number
    except (urllib.error.URLError, OSError) as error:
        print(f"not ready: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
