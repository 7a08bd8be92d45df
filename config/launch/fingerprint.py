"""What the database and the static files were prepared from, so that a start does only what changed."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.launch import environment
from config.launch.layout import PROJECT


def database() -> str:
    """Digest migrations and everything that makes roles, grants and schemas."""
    return _digest(
        sorted([*PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("tenants/**/*.py"), *_requirements()])
    )


def static() -> str:
    return _digest([path for path in sorted(PROJECT.glob("static/**/*")) if path.is_file()] + _requirements())


def world(name: str) -> str:
    """Name a demo world and the database it is planted in, without telling a password."""
    where = hashlib.sha256(environment.database_address().encode()).hexdigest()[:16]
    return f"{name} in {where}"


def without_other_world(done: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what is done, less what planting a world does when another one, or none, was planted here.

    That is the database's part, and what ran once: it may have found nobody to run for. A start without a
    world (`name` "") wants nothing planted and forgets nothing.
    """
    if not name or done.get("world") == world(name):
        return done
    return {part: value for part, value in done.items() if part not in {"database", "once", "world"}}


def read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write(path: Path, content: dict[str, Any]) -> None:
    rough = path.with_suffix(".part")
    rough.write_text(json.dumps(content))
    rough.replace(path)


def _requirements() -> list[Path]:
    return [PROJECT / "requirements.txt", PROJECT / "config" / "settings" / "base.py"]


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
