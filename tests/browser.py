"""The Chromium of the browser tests; as a program it says by its exit code whether there is one."""

import sys

from config.launch.browser import ARGUMENTS, find_browser

__all__ = ["ARGUMENTS", "find_browser"]

if __name__ == "__main__":
    sys.exit(None if find_browser() else "no Chromium found")
