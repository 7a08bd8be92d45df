"""What is written in Acme is found in Acme and nowhere else: not in another brand, in public, in Valkey, in a
frame, in a task's message, in a log, on an error page, in a file.

Unique tokens are written by the room's own verbs; then every place is searched. Each place is also shown to
be searched well: a token that is put there is found.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.actor import Actor
from config.celery import app
from core import clock
from core.executor import run_db
from crm.models import Contact, ContactPoint
from interactions import actions
from interactions.choices import DraftKind
from interactions.models import Inbox, Message
from routing.actions import accept_offer
from tenants.actions import open_endpoint
from tenants.audit import audit
from tenants.cards import BrandCard
from tenants.postgresql import connections as physical
from tenants.scope import tenant_scope
from tenants.tasks import enqueue
from tests.connectors.webchat.wire import PATIENCE, Visitor, key_of
from tests.desk.conftest import Day, Desk
from tests.desk.test_socket import knock
from tests.factories import NOW, TESTS, make_agent
from tests.interactions.conftest import first_message, make_inbox
from tests.tenants.test_tasks import who

CODES = ("body", "more", "reply", "note", "draft", "name", "page", "point", "failed", "query", "form")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
SERVERS = {"postgres", "sock"}  # the data directory holds every brand's rows, and should


@dataclass
class Canary:
    """Tokens by what they stand for, and everything that was heard while they were written."""

    tokens: dict[str, str]
    pages: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=lambda: {"visitor": [], "agent": []})

    def found_in(self, text: str) -> set[str]:
        return {name for name, token in self.tokens.items() if token in text}


class Ear:
    """Listens to every command that Valkey gets: cache, tasks, frames."""

    def __init__(self, canary: Canary) -> None:
        self.canary = canary
        self.client = redis.Redis.from_url(settings.REDIS_URL)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.ready = threading.Event()

    def listen(self) -> None:
        with suppress(redis.RedisError, ValueError, OSError), self.client.monitor() as monitor:  # type: ignore[no-untyped-call]
            self.ready.set()
            for line in monitor.listen():
                self.canary.heard.append(line["command"])
                if "canary is done" in line["command"]:
                    return

    def __enter__(self) -> "Ear":
        self.thread.start()
        assert self.ready.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        redis.Redis.from_url(settings.REDIS_URL).echo("canary is done")
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def canary() -> Canary:
    return Canary({name: f"canary-{name}-{secrets.token_hex(8)}" for name in CODES})


@pytest.fixture
def ear(canary: Canary, world_is_quiet: None) -> Iterator[Ear]:
    with Ear(canary) as ear:
        yield ear


@pytest.fixture
def world_is_quiet(
    transactional_db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep every line of every log, and send tasks to the Valkey that we listen to."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("celery._state.default_app", app)
    monkeypatch.setattr("celery._state._tls.current_app", app)


def live_through(canary: Canary, acme: BrandCard) -> None:
    """Do what brings text into a brand, what sends it on, and what goes wrong with it."""
    token = canary.tokens
    with tenant_scope(acme, TESTS):
        inbox = make_inbox()
        first = first_message(inbox, token["body"], page=f"/shop/{token['page']}", contact_name=token["name"])
        ref = first.interaction_ref
        ContactPoint.objects.create(contact=Contact.objects.get(), kind="email", value=token["point"])
        more = actions.receive_message(ref, client_id=uuid4(), body=token["more"], now=NOW)
        actions.assign(ref, agent_id=7, agent_shown="Ada", now=NOW)
        said: dict[str, Any] = {"agent_id": 7, "author_shown": "Ada", "client_id": uuid4(), "now": NOW}
        actions.send_reply(ref, body=token["reply"], last_seq=more.seq, **said)
        actions.add_note(ref, body=token["note"], **{**said, "client_id": uuid4()})
        actions.save_draft(ref, agent_id=7, kind=DraftKind.REPLY, body=token["draft"], now=NOW)
        fail(token["failed"], ref)
    enqueue(who, brand=acme, ref=str(ref))


def fail(token: str, ref: object) -> None:
    """Break two constraints, whose errors quote the row, and log them as a view would."""
    good = Message.objects.filter(interaction__ref=ref).first()
    assert good
    contact = Contact.objects.get()
    breaks: list[Callable[[], Any]] = [
        lambda: Message.objects.filter(pk=good.pk).update(body=token, seq=None),
        lambda: ContactPoint.objects.bulk_create(
            [ContactPoint(contact=contact, kind="email", value=token) for _ in range(2)]
        ),
    ]
    for one in breaks:
        try:
            with transaction.atomic():
                one()
        except DatabaseError:
            logging.getLogger("tests").exception("a verb failed")


def visit(canary: Canary, client: Client) -> None:
    """Ask brands' hosts, and nobody's, for pages that are not there, with tokens in the question."""
    client.raise_request_exception = False
    for host in ("acme.localhost", "globex.localhost", "nobody.localhost", "localhost"):
        for answer in (
            client.get("/nowhere/", {"q": canary.tokens["query"]}, headers={"host": host}),
            client.post("/w/session/", {"body": canary.tokens["form"]}, headers={"host": host}),
        ):
            canary.pages.append(answer.content.decode(errors="replace"))


@dataclass
class Neighbours:
    """Globex meanwhile: a visitor and an agent who has a seat nowhere else, in one conversation.

    Every frame that their sockets are sent is kept in `canary.seen`.
    """

    canary: Canary
    globex: BrandCard
    day: Day
    eve: Actor
    desk: Desk

    @asynccontextmanager
    async def at_home(self) -> AsyncIterator[Visitor]:
        visitor = await Visitor(self.globex).greet()
        await visitor.say("Hello from next door")
        await visitor.hear("place")  # by then the item is written, and nobody holds it
        await run_db(self.accept, visitor)
        socket = knock(self.desk)
        assert (await socket.connect(timeout=PATIENCE))[0]
        await socket.send_to(text_data=json.dumps({"op": "hello", "resume": {f"c.{visitor.ref}": 0}}))
        yield visitor
        last = await visitor.say("Still here")
        frames = self.canary.seen["agent"]
        while not frames or not tells(frames[-1], last["seq"]):  # the list's row may tell of it earlier
            frames.append(await socket.receive_from(timeout=PATIENCE))
        await visitor.shown(up_to=last["seq"])
        self.canary.seen["visitor"] += [json.dumps(frame) for frame in visitor.heard]
        await socket.disconnect(timeout=PATIENCE)
        await visitor.leave()

    def accept(self, visitor: Visitor) -> None:
        offer = self.day.rings(self.globex, visitor.conversation, self.eve)
        accept_offer(offer.ref, actor=self.eve, now=clock.now())


def tells(text: str, seq: int) -> bool:
    """Whether the frame brings a conversation's messages up to that number."""
    frame = json.loads(text)
    return str(frame["stream"]).startswith("c.") and frame.get("seq", 0) >= seq


@pytest.fixture
def neighbours(canary: Canary, world_is_quiet: None, globex: BrandCard) -> Neighbours:
    day, eve = Day(), make_agent("eve@example.test", globex)
    day.set_up(globex)
    with tenant_scope(globex, TESTS):
        inbox = Inbox.objects.get()
    open_endpoint(globex.id, key=key_of(globex), inbox_ref=inbox.ref, origins=[])
    day.at_work(eve)
    return Neighbours(canary, globex, day, eve, Desk(eve.email))


def search(canary: Canary, boss: Any, acme: BrandCard, globex: BrandCard, log: str) -> dict[str, set[str]]:
    """Look everywhere; returns which tokens were found in which place."""
    return {
        "acme": canary.found_in(rows_of(boss, acme.schema_name)),
        "globex": canary.found_in(rows_of(boss, globex.schema_name)),
        "public": canary.found_in(rows_of(boss, "public")),
        "valkey, what was sent": canary.found_in("\n".join(canary.heard)),
        "valkey, what is kept": canary.found_in(kept()),
        "notifications": canary.found_in("\n".join(canary.told)),
        "logs": canary.found_in(log),
        "error pages": canary.found_in("\n".join(canary.pages)),
        "files": canary.found_in(files()),
        "globex's visitor": canary.found_in("\n".join(canary.seen["visitor"])),
        "globex's agent": canary.found_in("\n".join(canary.seen["agent"])),
    }


def rows_of(boss: Any, schema: str) -> str:
    tables = [row[0] for row in boss.execute(TABLES, [schema]).fetchall()]
    lines = (boss.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall() for table in tables)
    return "\n".join(row[0] for found in lines for row in found)


def kept() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL)
    return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())


def files() -> str:
    var = Path(os.environ["TRUNKLINE_VAR"])
    found = (path for path in var.rglob("*") if path.relative_to(var).parts[0] not in SERVERS)
    return "\n".join(path.read_bytes().decode("latin-1") for path in found if path.is_file())


async def it_is_found_in_its_brand_and_nowhere_else(
    canary: Canary, ear: Ear, boss: Any, acme: BrandCard, globex: BrandCard, caplog: pytest.LogCaptureFixture,
    client: Client, neighbours: Neighbours,
) -> None:  # fmt: skip
    boss.execute("LISTEN enq")
    async with neighbours.at_home():
        await run_db(live_through, canary, acme)
        await run_db(visit, canary, client)
    canary.told += [note.payload for note in boss.notifies(timeout=0.2)]
    boss.execute("UNLISTEN enq")
    ear.__exit__()
    found = search(canary, boss, acme, globex, caplog.text)
    written = set(CODES) - {"failed", "query", "form"}
    assert found.pop("acme") == written
    assert found == {place: set() for place in found}
    assert any("PUBLISH" in line for line in canary.heard), "nothing was sent, so nothing was proved"
    for frames in canary.seen.values():
        assert any("Still here" in frame for frame in frames), "nothing came, so nothing was proved"


class DescribeSearch:
    """A token put into a place is found there."""

    @pytest.mark.parametrize(
        "place",
        ["globex", "public", "valkey, what was sent", "valkey, what is kept", "logs", "error pages", "files"],
    )
    def it_finds(
        self, place: str, canary: Canary, ear: Ear, boss: Any, acme: BrandCard, globex: BrandCard,
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        token = canary.tokens["body"]
        spilt = Path(os.environ["TRUNKLINE_VAR"]) / "log" / "spilt"
        plant: dict[str, Callable[[], Any]] = {
            "globex": lambda: in_globex(globex, token),
            "public": lambda: audit("spilt", actor="test", reason=token),
            "valkey, what was sent": lambda: redis.Redis.from_url(settings.REDIS_URL).publish("x", token),
            "valkey, what is kept": lambda: cache.set("g:spilt", token),
            "logs": lambda: logging.getLogger("tests").info(token),
            "error pages": lambda: canary.pages.append(token),
            "files": lambda: spilt.write_text(token),
        }
        try:
            plant[place]()
            ear.__exit__()
            assert search(canary, boss, acme, globex, caplog.text)[place] == {"body"}
        finally:
            spilt.unlink(missing_ok=True)
            cache.delete("g:spilt")

    async def it_finds_what_the_other_brands_sockets_were_sent(
        self, canary: Canary, neighbours: Neighbours, acme: BrandCard
    ) -> None:
        async with neighbours.at_home() as visitor:
            await visitor.say(canary.tokens["body"])
        for frames in canary.seen.values():
            assert canary.found_in("\n".join(frames)) == {"body"}

    def it_finds_the_row_in_a_log_that_quotes_it(
        self, canary: Canary, world_is_quiet: None, acme: BrandCard, caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(physical, "_without_detail", lambda error: None)
        live_through(canary, acme)
        assert canary.found_in(caplog.text) == {"failed"}

    def it_finds_the_row_in_the_servers_log_when_that_is_talkative(
        self, canary: Canary, world_is_quiet: None, acme: BrandCard, boss: Any
    ) -> None:
        boss.execute("ALTER ROLE trunkline SET log_min_error_statement = 'error'")
        try:
            connection.close_pool()  # type: ignore[attr-defined]
            live_through(canary, acme)
            assert canary.found_in(files()) == {"failed"}
        finally:
            boss.execute("ALTER ROLE trunkline RESET log_min_error_statement")
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]


def in_globex(globex: BrandCard, token: str) -> None:
    with tenant_scope(globex, TESTS):
        Contact.objects.create(name=token)
