"""What the database and the static files were prepared from, so that a start does only what changed."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.launch.layout import PROJECT


def database() -> str:
    """Digest migrations and everything that makes roles, grants and schemas."""
    return _digest(
        sorted([*PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("tenants/**/*.py"), *_requirements()])
    )


def static() -> str:
    return _digest([path for path in sorted(PROJECT.glob("static/**/*")) if path.is_file()] + _requirements())


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
