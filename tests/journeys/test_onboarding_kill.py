"""The web process dies while a step is saved: what is left is the draft as it was, or the whole of it."""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Awaitable

import pytest

from config.simulation.wire import LOST, Answer, Browser
from config.worlds.cast import PASSWORD
from tests.stack import RunningStack

pytestmark = pytest.mark.kill
SLUG = "dunder-mifflin"
STEPS: dict[str, dict[str, str]] = {
    "brand": {
        "name": "Dunder Mifflin", "slug": SLUG, "timezone": "Europe/Stockholm", "locales[]": "en",
    },
    "webchat": {"greeting": "Paper?", "origins": "https://shop.dunder.example"},
    "queues": {
        "lines.0.name": "Orders", "lines.0.target_seconds": "30", "lines.1.name": "Returns",
        "lines.1.target_seconds": "60", "reasons": "Delivery", "outcomes.0.label": "Solved",
    },
    "hours": {
        "periods.0.from_day": "mon", "periods.0.until_day": "fri", "periods.0.opens": "08:00",
        "periods.0.closes": "17:00",
    },
    "rules": {"rules.0.name": "Back", "rules.0.words": "return", "rules.0.queue": "Returns"},
    "people": {"agents[]": "amara@harbour.example"},
    "manager": {"managers": "jim@dunder.example"},
}  # fmt: skip
COUNT = """
import json
from accounts.models import Invitation, Membership
from django.db import connection
from routing.models import QueuePlan
from tenants.models import Brand, Domain, Endpoint
from tenants.onboarding.models import OnboardingDraft
ids = list(Brand.objects.filter(slug=%r).exclude(state="gone").values_list("pk", flat=True))
all_ids = list(Brand.objects.filter(slug=%r).values_list("pk", flat=True))
names = list(Brand.objects.filter(pk__in=all_ids).values_list("schema_name", flat=True))
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = ANY(%%s)", [names])
    schemas = cursor.fetchone()[0]
rows = {
    "brands": len(ids), "schemas": schemas,
    **{model.__name__: model.objects.filter(brand_id__in=all_ids).count()
       for model in (Domain, Endpoint, Membership, Invitation, QueuePlan)},
}
print("ROWS" + json.dumps(rows))
"""
WHOLE = {
    "brands": 1,
    "schemas": 1,
    "Domain": 1,
    "Endpoint": 3,
    "Membership": 1,
    "Invitation": 1,
    "QueuePlan": 2,
}


def it_leaves_the_draft_or_the_whole(stack: RunningStack) -> None:
    asyncio.run(set_up_and_take_back(stack))


async def set_up_and_take_back(stack: RunningStack) -> None:
    dice, browser = random.Random(11), Browser(stack.wire)
    await signed_in(browser)
    begun = await browser.post("/clients/new/", {"begin": "blueprint:blank"})
    path = re.sub(r"brand/$", "", begun.headers["Location"])
    for step, form in STEPS.items():
        await saved(stack, browser, f"{path}{step}/", form, dice)
    assert await done(stack, browser, f"{path}workspace/", dice) == WHOLE
    assert not any((await done(stack, browser, f"{path}undo/", dice)).values())
    assert (await browser.get(f"/clients/{SLUG}/")).status == 404


async def done(stack: RunningStack, browser: Browser, path: str, dice: random.Random) -> dict[str, int]:
    """Make or take back the workspace, killed at the first try; returns what there is after the second."""
    await struck(stack, browser, path, {}, dice)
    found = counted(stack)
    assert found == WHOLE or not any(found.values()), found
    version = version_on(await page(browser, path))
    if version:
        assert (await browser.post(path, {"version": str(version)})).status == 302
    return counted(stack)


async def saved(
    stack: RunningStack, browser: Browser, path: str, form: dict[str, str], dice: random.Random
) -> None:
    """Save the step, the process killed at the first try; its draft has the step, or has not and takes it."""
    before = version_on(await page(browser, path))
    await struck(stack, browser, path, form, dice)
    after = version_on(await page(browser, path))
    assert after in (before, before + 1)
    if after == before:
        answer = await browser.post(path, form | {"version": str(before)})
        assert answer.status == 302, answer.text[:2000]


async def struck(
    stack: RunningStack, browser: Browser, path: str, form: dict[str, str], dice: random.Random
) -> None:
    """Send the form and kill the web process a moment later; wait until it is back."""
    version = str(version_on(await page(browser, path)))
    sent = asyncio.ensure_future(quietly(browser.post(path, form | {"version": version})))
    await asyncio.sleep(dice.uniform(0, 0.12))
    await asyncio.to_thread(stack.kill, "web")
    await sent
    await page(browser, "/clients/")


async def quietly(call: Awaitable[Answer]) -> None:
    with contextlib.suppress(*LOST):
        await call


async def page(browser: Browser, path: str) -> str:
    """Return the page, however long it takes to be served again."""
    for _try in range(480):
        with contextlib.suppress(*LOST):
            answer = await browser.get(path)
            if answer.status < 500:
                return answer.text
        await asyncio.sleep(0.25)
    raise AssertionError(f"{path} did not come back")


async def signed_in(browser: Browser) -> None:
    await browser.get("/accounts/login/")
    answer = await browser.post("/accounts/login/", {"login": "sara@harbour.example", "password": PASSWORD})
    assert answer.status == 302
    await browser.get("/clients/new/")


def version_on(text: str) -> int:
    found = re.search(r'name="version" value="(\d+)"', text)
    return int(found[1]) if found else 0


def counted(stack: RunningStack) -> dict[str, int]:
    said = stack.manage("shell", "-v", "0", "-c", COUNT % (SLUG, SLUG))
    rows: dict[str, int] = json.loads(said.partition("ROWS")[2])
    return rows
