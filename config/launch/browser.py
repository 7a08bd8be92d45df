"""Which Chromium the browser tests drive: $CHROMIUM, the machine's own, or Playwright's download."""

import os
import shutil
import sys
from pathlib import Path

ARGUMENTS = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []


def find_browser() -> str | None:
    """Return the path of a Chromium, None when there is none."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return named or _playwrights()


def _playwrights() -> str | None:
    home = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for pattern in patterns for path in sorted(home.glob(pattern))]
    return str(found[-1]) if found else None
