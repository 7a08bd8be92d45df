"""The fleet: roles, tables of `public` and of the brands, warm pool, router, log."""

import os
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.doctor.registry import Ill, Skip, question
from config.doctor.servers import row
from core.clock import now
from routing.link import LOCK
from tenants import blueprint, vault
from tenants.choices import BrandState, FleetState
from tenants.mail.choices import RESENDABLE
from tenants.mail.models import SystemMail
from tenants.models import Brand, LabourEvent, SchemaState, SpareSchema
from tenants.roles import RolesMissing, ensure_roles
from tenants.router import labels
from tenants.scope import labour_scope, system
from workforce.models import Node

PREPARE = "manage.py prepare --database"


@question("roles", needs="postgresql")
def roles() -> str:
    try:
        ensure_roles()
    except RolesMissing as error:
        mend = f"BOOTSTRAP_DATABASE_URL=postgresql://superuser:...@host/postgres {PREPARE}"
        raise Ill(str(error).partition(".")[0], mend=mend) from None
    return "owner and brand are there, the login may step into them"


@question("public tables", needs="roles")
def public_tables() -> str:
    with labour_scope():
        executor = MigrationExecutor(connection)
        wanted = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels("SHARED_APPS")]
        plan = executor.migration_plan(wanted)
    missing = [migration for migration, _ in plan if migration.app_label in labels("SHARED_APPS")]
    if missing:
        raise Ill(f"{len(missing)} migrations are missing, first {missing[0]}", mend=f"{PREPARE}, or bin/up")
    return "up to date"


@question("brands' tables", needs="public tables")
def brands_tables() -> str:
    with labour_scope():
        brands = Brand.objects.exclude(state=BrandState.GONE)
        current = SchemaState.objects.filter(state=FleetState.CURRENT, digest=blueprint.digest())
        behind = list(brands.exclude(pk__in=current.values("brand")).values_list("slug", flat=True))
        total = brands.count()
    if behind:
        raise Ill(f"{len(behind)} of {total} are behind, first {behind[0]}", mend="manage.py migrate_fleet")
    return f"{total} brands up to date"


@question("brands' schemas", needs="public tables")
def brands_schemas() -> str:
    """What the nightly comparison noted; `migrate_fleet` alone mends none of it."""
    with labour_scope():
        drifted = SchemaState.objects.filter(state=FleetState.FAILED, digest=blueprint.digest())
        slugs = list(drifted.order_by("pk").values_list("brand__slug", flat=True))
    if slugs:
        raise Ill(
            f"{len(slugs)} not as the migrations left them, first {slugs[0]}",
            mend="Undo what was changed by hand (docs/fleet.md), then: manage.py migrate_fleet",
        )
    return "as their migrations left them"


@question("warm pool", needs="public tables")
def warm_pool() -> str:
    with labour_scope():
        ready = SpareSchema.objects.filter(digest=blueprint.digest()).count()
    if not ready:
        raise Ill(
            "no spare schema: the next brand waits for one to be made", mend="manage.py refill_pool --size 2"
        )
    return f"{ready} ready"


@question("sealed secrets", needs="public tables")
def sealed_secrets() -> str:
    """Every key that sealed something is among FIELD_KEYS."""
    found = [(shelf, vault.unknown_keys(shelf)) for shelf in vault.shelves(lambda: system("doctor"))]
    lost = [f"{shelf} with {key} ({count})" for shelf, keys in found for key, count in keys.items()]
    if lost:
        mend = "Put the key back, last in FIELD_KEYS, then: manage.py rotate_secrets"
        raise Ill(f"sealed with keys that are not in FIELD_KEYS: {'; '.join(lost)}", mend=mend)
    return f"{len(found)} columns open with today's keys"


@question("mail", needs="public tables")
def mail() -> str:
    """System mail has a server, and nothing waits long for it."""
    with labour_scope():
        late = SystemMail.objects.due(now() - timedelta(minutes=10)).count()
        stuck = SystemMail.objects.filter(state__in=RESENDABLE).count()
    if settings.DEMO:
        return "shown at /dev/mail/, never sent: this is the demo"
    if not settings.EMAIL_HOST and late:
        raise Ill(f"{late} wait, and there is no server", mend="Set EMAIL_HOST, see docs/mail.md.")
    if late:
        raise Ill(f"{late} wait for more than ten minutes", mend="Look at the worker's log (bin/up).")
    server = settings.EMAIL_HOST or "no server yet (EMAIL_HOST)"
    return f"{server}; {stuck} refused, given up or perhaps sent"


@question("router", needs="public tables")
def router() -> str:
    """The leader of a pool holds an advisory lock of two numbers."""
    (leaders,) = row(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        LOCK,
    )
    if not leaders:
        raise Ill("nobody leads: customers wait without being offered", mend="bin/up, or: manage.py router")
    return f"{leaders} leads"


@question("nodes", needs="public tables")
def nodes() -> str:
    with labour_scope():
        lapsed = Node.objects.filter(lease_until__lt=now() - timedelta(minutes=5)).count()
        alive = Node.objects.filter(lease_until__gte=now()).count()
    return f"{alive} alive, {lapsed} lapsed"


@question("log", needs="public tables")
def log() -> str:
    """A restored dump starts transaction numbers anew: readers would then wait for ever."""
    with labour_scope():
        newest = LabourEvent.objects.order_by("-era", "-txid").values_list("era", "txid").first()
    (current,) = row("SELECT txid_current()")
    if newest and newest[1] > current:
        mend = f"Begin era {newest[0] + 1}: raise the default of `era` in every log, see docs/tenancy.md."
        raise Ill(f"it holds transaction {newest[1]}, the server is at {current}", mend=mend)
    return "in order"


@question("router login", needs="roles")
def router_login() -> str:
    if not os.environ.get("ROUTER_DATABASE_URL"):
        raise Skip("ROUTER_DATABASE_URL is not set: the router uses DATABASE_URL")
    if os.environ["ROUTER_DATABASE_URL"] == os.environ.get("DATABASE_URL") and not settings.DEBUG:
        raise Ill(
            "it is the login of the pages", mend="Give the router a login of its own: ROUTER_DATABASE_URL."
        )
    return "a login of its own"
