"""The audit trail as a client reads it: who of the provider looked and changed what, by role and alias.

Only verbs that are shared with clients; never a surname or an address, nor anything of another client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.naming import Known, ever_seated, known_of, user_id_of
from accounts.permissions import CLIENT_ROLES
from portal.access import Visit
from tenants.scope import labour_scope
from tenants.trail.forms import TrailForm
from tenants.trail.reading import ChainState, Entry, Mark, Wanted, page, state_of
from tenants.trail.verbs import shared_codes
from tenants.trail.wording import Change, changes_of, machinery, plain_name, sentence
from workforce.queries import shown_names

OURS, YOURS, MACHINES = "provider", "client", "system"


class PortalTrailForm(TrailForm):
    """A client asks by kinds of people, not by names."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        choices=[
            ("", gettext_lazy("Everybody")),
            (OURS, gettext_lazy("The service provider's people")),
            (YOURS, gettext_lazy("Your own people")),
            (MACHINES, gettext_lazy("The system")),
        ],
    )
    field_order = ("who", "verb", "since", "until")

    def wanted(self, brand_id: int) -> Wanted:
        """Return what was asked for, of a form that is valid."""
        verb = self.cleaned_data["verb"]
        verbs = (verb,) if verb else tuple(shared_codes())
        return Wanted(brand_id, verbs=verbs, who=_whose(self.cleaned_data["who"], brand_id), **self.bounds())


@dataclass(frozen=True, slots=True)
class Row:
    """One entry on the screen. `position` is its place in the chain, None while it waits for its seal."""

    at: datetime
    words: SafeString
    role: str
    reason: str
    changes: list[Change]
    position: int | None
    hash: str


def form_of(visit: Visit, asked: object) -> PortalTrailForm:
    return PortalTrailForm(asked, codes=shared_codes(), zone=visit.brand.timezone)


def rows_of(visit: Visit, wanted: Wanted, before: Mark | None) -> tuple[list[Row], Mark | None]:
    """Return a page of rows, newest first, and the mark of the next page."""
    with visit.scope():
        entries, following = page(wanted, before=before)
    names = _Names(visit.brand.id, entries)
    return [_row(entry, names) for entry in entries], following


def chain_state(visit: Visit) -> ChainState:
    """Return how far the client's chain is sealed."""
    with labour_scope():
        return state_of(visit.brand.id)


class _Names:
    """The people that a page of entries names, as this client may know them."""

    def __init__(self, brand_id: int, entries: Iterable[Entry]) -> None:
        self.brand_id = brand_id
        self.people = known_of({text for entry in entries for text in (entry.actor, entry.object)})
        self.aliases = shown_names(brand_id)

    def __call__(self, text: str) -> str:
        if user_id_of(text) is not None:
            return self.person(self.people.get(text))
        return "" if text.startswith("brand:") else plain_name(text)

    def person(self, known: Known | None) -> str:
        """Return the alias or the first name; whoever was never anything to this client stays nameless."""
        if known is None or not known.role_towards(self.brand_id):
            return _("Somebody")
        return self.aliases.get(known.user_id) or known.first_name

    def who(self, actor: str) -> SafeString:
        if user_id_of(actor) is not None:
            return format_html('<bdi translate="no">{}</bdi>', self.person(self.people.get(actor)))
        return format_html("{}", machinery(actor))

    def role(self, actor: str) -> str:
        known = self.people.get(actor)
        return known.role_towards(self.brand_id) if known else ""


def _row(entry: Entry, names: _Names) -> Row:
    return Row(
        at=entry.at,
        words=sentence(entry, who=names.who(entry.actor), name_of=names),
        role=names.role(entry.actor),
        reason=entry.reason,
        changes=changes_of(entry.diff),
        position=entry.position,
        hash=entry.hash,
    )


def _whose(kind: str, brand_id: int) -> Q:
    people = Q(actor__startswith="user:")
    if kind == MACHINES:
        return ~people
    if kind == YOURS:
        return Q(actor__in=ever_seated(brand_id, CLIENT_ROLES))
    return people & ~Q(actor__in=ever_seated(brand_id, CLIENT_ROLES)) if kind == OURS else Q()
