"""What a client or a customer may come to see, and how each of it is made to be looked at.

`register.json` lists all of it in words: routes of both hosts, templates, mails, headers, cookies, names that
scripts leave in a page. What is in the code and not in the register fails a test, and the other way round.
"""

import json
import re
from typing import Any

from config.launch.layout import PROJECT
from core.context import PRODUCT

REGISTER: dict[str, Any] = json.loads((PROJECT / "tests" / "white" / "register.json").read_text())
NAME = re.compile(rf"{PRODUCT[:5]}[\s_.-]*{PRODUCT[5:]}", re.IGNORECASE)
"""The product's name in any case, also written in two words."""
GLOBAL = re.compile(r"\b(?:window|globalThis|self)\.(\w+)\s*=(?!=)")
COOKIE = re.compile(r"document\.cookie\s*=\s*[`\"']([\w-]+)=")
ELEMENT = re.compile(r"customElements\.define\(\s*[\"']([\w-]+)")


def named(text: str) -> list[str]:
    """Return each place where the text names the product, with what stands around it."""
    return [text[max(0, at.start() - 60) : at.end() + 60] for at in NAME.finditer(text)]


def is_listed(name: str, listed: Any) -> bool:
    """Tell whether the list holds the name, or a beginning of it that ends in `*`."""
    return any(name == one or one.endswith("*") and name.startswith(one[:-1]) for one in listed)
