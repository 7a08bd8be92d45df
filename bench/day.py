"""A whole day through the real verbs (tests/routing/test_day.py), as a row: how long it takes, what broke."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.harness import Row, row
from tests.stack import KEPT, PROJECT

MOST_SECONDS = 300


def rows() -> list[Row]:
    """Live the day in a process and a database of its own."""
    with tempfile.TemporaryDirectory(prefix="day-", ignore_cleanup_errors=True) as path:
        os.chmod(path, 0o755)
        told = Path(path) / "day.json"
        env = {name: value for name, value in os.environ.items() if name in KEPT}
        env |= {"TRUNKLINE_VAR": str(Path(path) / "var"), "VIRTUAL_DAY_JSON": str(told)}
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/routing/test_day.py"], cwd=PROJECT, env=env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        whole = time.monotonic() - began
        found = json.loads(told.read_text()) if told.exists() else {}
    kept = done.returncode == 0
    words = "every promise broken 0 times" if kept else f"failed: {done.stdout[-300:]}"
    return [
        row(
            "routing", "virtual_day_s", found.get("seconds", whole), "s",
            target=f"<= {MOST_SECONDS} s, 0 broken",
            holds=kept and found["seconds"] <= MOST_SECONDS,
            detail=f"{words}; {found.get('came', 0)} contacts of three clients, {found.get('answered', 0)} "
            f"answers, 60 agents, {found.get('checks', 0)} looks in between",
        )
    ]  # fmt: skip
