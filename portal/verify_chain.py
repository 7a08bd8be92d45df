"""Checks a copy of an audit chain: python3 verify_chain.py chain.jsonl [POSITION HASH]

Needs nothing but Python. With POSITION and HASH, as noted from an earlier copy, it also checks that this copy
still holds that link. Exit code 0: in order; 1: broken, and where.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any


def framed(text: str | None) -> bytes:
    if text is None:
        return b"\xff\xff\xff\xff"
    data = text.encode()
    return len(data).to_bytes(4, "big") + data


def broken(
    line: dict[str, Any], columns: Sequence[str], form: bytes, position: int, before: bytes
) -> str | None:
    """Return what is wrong with one link, None for nothing."""
    if line["position"] != position:
        return f"the link is missing; the next one is at {line['position']}"
    digest = bytes.fromhex(line["digest"])
    if line["row"] is not None:
        content = b"".join(framed(line["row"][name]) for name in columns)
        if hashlib.sha256(form + content).digest() != digest:
            return "the row is not the one that was sealed"
    if hashlib.sha256(form + before + position.to_bytes(8, "big") + digest).hexdigest() != line["hash"]:
        return "the link does not stand on the one before"
    return None


def check(lines: Iterator[str], noted: tuple[int, str] | None = None) -> tuple[bool, str]:
    """Return (ok, words) for the lines of a copy; `noted` is (position, hash in hex) of an earlier one."""
    head = json.loads(next(lines))
    if head.get("format") != "audit-chain" or head.get("form") != 1:
        return False, "this is no copy of an audit chain, or one of a newer form"
    form, before, position, shown, held = bytes([head["form"]]), bytes(32), 0, 0, noted is None
    for text in lines:
        line = json.loads(text)
        wrong = broken(line, head["columns"], form, position + 1, before)
        if wrong:
            return False, f"broken at position {position + 1}: {wrong}"
        position, before, shown = (
            line["position"],
            bytes.fromhex(line["hash"]),
            shown + (line["row"] is not None),
        )
        held = held or (position, line["hash"]) == noted
    if noted and not held:
        return False, f"position {noted[0]} does not have the hash that was noted"
    return True, f"{position} links in order, {shown} with their rows; the end is {position} {before.hex()}"


def main(arguments: list[str]) -> int:
    noted = (int(arguments[1]), arguments[2]) if len(arguments) == 3 else None
    with open(arguments[0], encoding="utf-8") as lines:
        ok, words = check(lines, noted)
    print(words)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
