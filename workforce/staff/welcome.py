"""The first password: a mail with a link, for people who were added and have never signed in.

The link is good for seven days, once; only its digest is kept. Sending it again ends the older one.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.hosts import public_url
from accounts.models import User
from accounts.staffing import choose_password
from tenants.audit import audit, gathered
from tenants.mail.actions import queue_mail, withdraw_mail
from tenants.scope import labour_scope
from workforce.errors import WelcomeRefused
from workforce.models import Agent, Welcome

GOOD = timedelta(days=7)
MOST = 500
NO_PASSWORD = "!"  # noqa: S105 - how Django marks a password that nothing matches


def send_welcomes(agent_ids: Collection[int], *, actor: str, now: datetime) -> int:
    """Send each of them the way to a first password, at most MOST; returns how many were sent.

    Who has left, or chose a password already, gets none.
    """
    with labour_scope(), transaction.atomic():
        rows = Agent.objects.filter(pk__in=agent_ids, left_on__isnull=True, user__is_active=True)
        fresh = rows.filter(user__password__startswith=NO_PASSWORD).select_related("user", "welcome")
        agents = list(fresh.order_by(F("welcome__sent_at").asc(nulls_first=True), "pk")[:MOST])
        with gathered():
            for agent in agents:
                _send(agent, now=now)
                audit("agent.welcomed", actor=actor, object=f"user:{agent.pk}", now=now)
    return len(agents)


def look_at(token: str, *, now: datetime) -> User:
    """Return whom the token lets choose a password. Raises WelcomeRefused."""
    with labour_scope():
        row = Welcome.objects.select_related("agent__user").filter(digest=digest_of(token)).first()
    return _checked(row, now=now)


def use(token: str, *, password: str, now: datetime) -> User:
    """Use the token up: the password is theirs. Raises WelcomeRefused, ValidationError for a weak one."""
    with labour_scope(), transaction.atomic():
        rows = Welcome.objects.select_related("agent__user").select_for_update(of=("self",))
        row = rows.filter(digest=digest_of(token)).first()
        user = _checked(row, now=now)
        Welcome.objects.filter(pk=user.pk).update(used_at=now)
        choose_password(user.pk, password=password, now=now)
        user.refresh_from_db()
    return user


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _checked(row: Welcome | None, *, now: datetime) -> User:
    if row is None:
        raise WelcomeRefused(_("This link is not right. Copy the whole of it from the newest mail."))
    if row.used_at or not row.agent.user.password.startswith(NO_PASSWORD):
        raise WelcomeRefused(_("This link has been used: sign in with the password that was chosen."))
    if row.expires_at <= now or not row.agent.user.is_active:
        raise WelcomeRefused(_("This link has expired. Ask for a new one."))
    return row.agent.user


def _send(agent: Agent, *, now: datetime) -> None:
    token, older = secrets.token_urlsafe(32), getattr(agent, "welcome", None)
    if older and older.mail_id:
        withdraw_mail(older.mail_id)
    sent = older.sent + 1 if older else 1
    mail = queue_mail(
        "welcome", to=agent.user.email, brand=None, language=agent.user.language, now=now,
        key=f"welcome:{agent.pk}:{sent}:{digest_of(token)[:16]}",
        context={
            "link": public_url(f"/welcome/{token}/"), "email": agent.user.email,
            "name": agent.user.first_name, "expires_at": now + GOOD,
        },
    )  # fmt: skip
    values = {
        "digest": digest_of(token), "sent": sent, "sent_at": now, "expires_at": now + GOOD, "used_at": None,
        "mail": mail,
    }  # fmt: skip
    Welcome.objects.update_or_create(agent=agent, defaults=values)
