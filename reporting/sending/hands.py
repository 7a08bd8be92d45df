"""What a person does with one report's mails and links: portal and console offer the same.

Each verb runs in a scope of its own; what it refuses stands at its form.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.actor import Actor
from accounts.hosts import client_url
from core.refusals import caught, done
from reporting.actions.links import end_link, make_link
from reporting.actions.sending import send_mail_again, send_report
from reporting.issued.kept import Enter, get_issued
from reporting.sending.forms import LinkForm, SendForm
from reporting.sending.log import links_of, mails_of
from tenants.values import BrandCard
from workforce.queries import name_towards


@dataclass(frozen=True)
class Hands:
    """Somebody at one report of a brand."""

    brand: BrandCard
    report_ref: UUID
    enter: Enter
    actor: Actor
    now: datetime

    def send(self, form: SendForm) -> bool:
        """Mail it to an address; tells whether it was done."""
        return done(form, lambda: self._send(form.cleaned_data), at="address")

    def link(self, form: LinkForm) -> str:
        """Make a link; returns its address, "" when it was refused or this very form made it before."""
        made: list[str] = []
        done(form, lambda: made.extend(self._link(form.cleaned_data)))
        return made[0] if made else ""

    def again(self, mail_ref: UUID) -> str:
        """Send a mail again; returns why not, "" when it is on its way. Raises NotFound."""
        at = self.report_ref
        with caught() as refused, self.enter():
            send_mail_again(self.brand, mail_ref, report_ref=at, actor=self.actor.who, now=self.now)
        return refused.message

    def unlink(self, link_ref: UUID) -> None:
        """End a link. Raises NotFound."""
        with self.enter():
            end_link(link_ref, report_ref=self.report_ref, actor=self.actor.who, now=self.now)

    def context(self, *, sending: SendForm | None = None, linking: LinkForm | None = None) -> dict[str, Any]:
        """Return what `elements/deliveries.html` shows, but for its address. Raises NotFound."""
        with self.enter():
            one = get_issued(self.report_ref)
            mails = mails_of(one.ref, self.brand.id)
            links = links_of(one.ref, now=self.now)
        return {
            "one": one, "mails": mails, "links": links, "zone": self.brand.timezone,
            "send_form": sending or SendForm(), "link_form": linking or LinkForm(),
        }  # fmt: skip

    def _send(self, said: dict[str, Any]) -> None:
        with self.enter():
            send_report(
                self.brand, self.report_ref, address=said["address"], key=said["key"],
                shown=name_towards(self.actor, self.brand.id), actor=self.actor.who, now=self.now,
            )  # fmt: skip

    def _link(self, said: dict[str, Any]) -> list[str]:
        with self.enter():
            made = make_link(
                self.report_ref, key=f"hand:{said['key']}", made_for=said["made_for"], days=said["days"],
                shown=name_towards(self.actor, self.brand.id), actor=self.actor.who, now=self.now,
            )  # fmt: skip
        return [client_url(self.brand, made.path)] if made else []
