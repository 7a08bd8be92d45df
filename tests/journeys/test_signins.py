"""Every sign-in that `up` prints leads to a screen of that person's own."""

import asyncio
import json
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from config.simulation.wire import Answer, Browser
from config.worlds.signins import signins
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
HOPS = 10


class Visitor:
    """Somebody who goes where they are led, with the cookies of each host."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.browsers: dict[str, Browser] = {}

    async def sign_in(self, url: str, email: str, password: str) -> tuple[str, Answer]:
        """Fill in the form that the address leads to; returns where that leads, and the page there."""
        form, _page = await self._follow(url)
        answer = await self._at(form).post(path_of(form), {"login": email, "password": password})
        assert answer.status == 302, answer.text
        return await self._follow(urljoin(form, answer.headers["Location"]))

    async def _follow(self, url: str) -> tuple[str, Answer]:
        for _ in range(HOPS):
            answer = await self._at(url).get(path_of(url))
            if answer.status != 302:
                return url, answer
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError(f"led in circles: {url}")

    def _at(self, url: str) -> Browser:
        host = urlsplit(url).hostname or ""
        slug = host.removesuffix(self.stack.wire.base).rstrip(".")
        return self.browsers.setdefault(host, Browser(self.stack.wire, slug or None))


def path_of(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl() or "/"


def printed(stack: RunningStack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((stack.var / "run" / "signins.json").read_text())
    return found


def own_path(what: str) -> str:
    """Where a person of that kind belongs."""
    if "client " in what:
        return "/overview/"
    return "/desk/" if "agent of" in what else "/clients/"


@pytest.mark.parametrize("email", [row["email"] for row in signins()])
def it_leads_to_ones_own_screen(stack: RunningStack, email: str) -> None:
    (row,) = [row for row in printed(stack) if row["email"] == email]
    address = f"http://{row['host']}:{stack.port}/"
    url, page = asyncio.run(Visitor(stack).sign_in(address, email, row["password"]))
    assert page.status == 200
    assert (urlsplit(url).hostname, urlsplit(url).path) == (row["host"], own_path(row["what"]))
    assert row["name"].split()[0] in page.text


def it_prints_everybody_who_has_a_screen(stack: RunningStack) -> None:
    assert [row["email"] for row in printed(stack)] == [row["email"] for row in signins()]
