"""The permission matrix as data: what there is to do, which role does it, and where a role has its seat.

Pages, sockets and verbs ask for a permission and never for a role (`accounts.access.require`, `Actor.can`).
`docs/permissions.md` and the console's page of roles are made of this file.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role


class Permission(models.TextChoices):
    """One thing that somebody may do. `<what>.<verb>`; the value is what refusals in the audit trail say."""

    FLEET_READ = "fleet.read", _("See the state of every client's schema")
    FLEET_MIGRATE = "fleet.migrate", _("Bring a client's schema up to date")
    PROVIDER_KEYS = "provider.keys", _("Make and revoke the provider's API keys")
    PROVIDER_SECURITY = (
        "provider.security",
        _("Change the provider's sign-in rules, end sessions"),
    )
    PROVIDER_AUDIT = "provider.audit", _("Read the provider's audit trail")
    PROVIDER_AUDIT_EXPORT = "provider.audit_export", _("Take the provider's audit trail along")
    STAFF = "staff.manage", _("Keep the pool: people, teams, skills, certifications, leaving")
    DAYS = "days.read", _("See the hours that everybody worked")
    DAYS_EXPORT = "days.export", _("Take the hours along for payroll")
    DAYS_CORRECT = "days.correct", _("Correct somebody's hours")
    AGENTS_SIGN_OUT = "agents.sign_out", _("Sign any agent out, take a sick call")
    POOLS = "routing.pools", _("Say who is asked for what: pools, queues, limits of agents")
    ROLES_READ = "roles.read", _("See roles, the provider's seats and who may do what")
    SEATS_GIVE = "seats.give", _("Give and take seats with the provider")
    ELEVATIONS_READ = "elevations.read", _("See everybody's elevations")
    CLIENTS_ONBOARD = "clients.onboard", _("Set new clients up")
    CLIENTS_EDIT = "clients.edit", _("Edit several clients from a blueprint")
    STYLEGUIDE = "styleguide.read", _("See the style guide")

    CLIENT_READ = "client.read", _("See a client's facts")
    CLIENT_LAUNCH = "client.launch", _("Test a client, open and pause it")
    PRACTICE = "client.practice", _("Send practice customers to a sandbox")
    HOURS = "client.hours", _("Change hours and holidays")
    CLOSE = "client.close", _("Close queues early or at once, and reopen them")
    RULES = "client.routing", _("Change the rules that give a contact its queue")
    TARGETS = (
        "client.targets",
        _("Change what a client's contract says: service targets, forecast terms; propose exclusions"),
    )
    ISSUE = "client.issue", _("Issue a client's reports and restate them")
    INCIDENTS = "client.incidents", _("Write on a client's report what happened")
    DECISIONS = "client.decisions", _("See why an agent was asked for a conversation")
    BRAND = "client.brand", _("Change name, hue, voice, logo and greeting")
    HOSTS = "client.hosts", _("Change host names")
    MAIL = "client.mail", _("Change whom mails are from, see what became of them")
    SECURITY = "client.security", _("Change a client's sign-in rules")
    KEYS = "client.keys", _("Make and revoke a client's API keys")
    PEOPLE_READ = "people.read", _("See who has a seat or an invitation")
    PEOPLE_GIVE = "people.give", _("Invite people, take seats away")
    ACCESS_READ = "access.read", _("See who can see what of a client")
    AUDIT = "audit.read", _("Read a client's audit trail with everybody's name")
    AUDIT_EXPORT = "audit.export", _("Take a client's audit trail along")
    CORRECT = "client.correct", _("Correct reason and outcome until the day is closed")
    CHANGES = "client.changes", _("Decide about changes that a client asks for")
    REQUESTS = "client.requests", _("See what agents ask a client, and say when answers are due")
    BLOCKS = "client.blocks", _("See blocked visitors, lift blocks")
    SEE_AS = "client.see_as", _("See a client's portal as its people do, without changing anything")

    REPORT = "report.read", _("Read the service report")
    EXCLUSIONS = "report.exclude", _("Accept or refuse what is left out of the service report")
    FORECASTS = "report.forecast", _("Upload the forecast of contacts and put it in use")
    SHARE = "report.share", _("Send issued reports to people, make and end links to them")
    CONTACTS = "contacts.read", _("Read the list of contacts behind a figure")
    CONVERSATIONS = "conversations.read", _("Read what customers and agents wrote to each other")
    OWN_AUDIT = "own.audit", _("Read the client's audit trail in the client's words")
    OWN_AUDIT_EXPORT = "own.audit_export", _("Take the client's chain along")
    OWN_BLOCKS = "own.blocks", _("See the own brand's blocked visitors, lift blocks")
    OWN_ACCESS = "own.access", _("See who can see what of the own brand")
    OWN_PEOPLE = "own.people", _("Invite people of the own side, end their seats")
    OWN_CHANGES = "own.changes", _("Ask the provider to change hours and texts")
    OWN_REQUESTS = "own.requests", _("Read and answer what agents ask the client")

    HELP = "desk.help", _("Help agents who raise a hand, read the conversation")
    ANSWER = "desk.answer", _("Answer customers at the desk, read their conversations")
    REASSIGN = "work.reassign", _("Give waiting or a colleague's work to somebody else")
    OWN_DAY = "desk.own_day", _("See the own day at work")
    FLOOR = "floor.read", _("See the floor: a client's queues, the agents of the own team")
    FLOOR_AGENTS = "floor.agents", _("See everybody who works for a client on the floor")
    FLOOR_ACT = "floor.act", _("Act on the floor: change states and priorities, give back, take over")
    TEAM_SIGN_OUT = "team.sign_out", _("Sign an agent of the own team out, take a sick call")
    ELEVATE = "elevations.take", _("Take a stronger seat for some hours, with a reason")

    @property
    def is_providers(self) -> bool:
        """Whether it is about the provider itself, so that only a seat with the provider gives it."""
        return self in GROUPS[0][1]


P = Permission
GROUPS: tuple[tuple[Promise, tuple[Permission, ...]], ...] = (
    (
        _("The provider"),
        (
            P.CLIENTS_ONBOARD, P.CLIENTS_EDIT, P.FLEET_READ, P.FLEET_MIGRATE, P.PROVIDER_KEYS,
            P.PROVIDER_SECURITY, P.PROVIDER_AUDIT, P.PROVIDER_AUDIT_EXPORT,
            P.STAFF, P.AGENTS_SIGN_OUT, P.POOLS, P.DAYS, P.DAYS_EXPORT, P.DAYS_CORRECT, P.ROLES_READ,
            P.SEATS_GIVE, P.ELEVATIONS_READ, P.STYLEGUIDE,
        ),
    ),
    (
        _("A client, in the console"),
        (
            P.CLIENT_READ, P.CLIENT_LAUNCH, P.PRACTICE, P.HOURS, P.CLOSE, P.RULES, P.TARGETS, P.ISSUE,
            P.INCIDENTS, P.DECISIONS, P.BRAND, P.HOSTS, P.MAIL, P.SECURITY, P.KEYS,
            P.PEOPLE_READ, P.PEOPLE_GIVE, P.ACCESS_READ, P.AUDIT, P.AUDIT_EXPORT,
            P.CORRECT, P.REQUESTS, P.CHANGES, P.BLOCKS, P.SEE_AS,
        ),
    ),
    (
        _("A client, on its own host"),
        (
            P.REPORT, P.EXCLUSIONS, P.FORECASTS, P.SHARE, P.CONTACTS, P.CONVERSATIONS, P.OWN_AUDIT,
            P.OWN_AUDIT_EXPORT, P.OWN_BLOCKS, P.OWN_ACCESS, P.OWN_PEOPLE, P.OWN_REQUESTS, P.OWN_CHANGES,
        ),
    ),
    (
        _("Work"),
        (
            P.HELP, P.ANSWER, P.REASSIGN, P.OWN_DAY, P.FLOOR, P.FLOOR_AGENTS, P.FLOOR_ACT, P.TEAM_SIGN_OUT,
            P.ELEVATE,
        ),
    ),
)  # fmt: skip
"""Every permission once, as screens list them: the provider's, the console's, the portal's, the rest."""

CONSOLE = frozenset(GROUPS[1][1])
PORTAL = frozenset(GROUPS[2][1])

_FLOOR = frozenset({P.FLOOR, P.FLOOR_ACT})
_RUNS = frozenset(GROUPS[0][1]) | CONSOLE | _FLOOR | {P.FLOOR_AGENTS, P.REASSIGN}
_LEADS = _FLOOR | frozenset(
    {
        P.CLIENT_READ, P.PRACTICE, P.PEOPLE_READ, P.REPORT, P.CONTACTS, P.CONVERSATIONS, P.TEAM_SIGN_OUT,
        P.CORRECT, P.HELP, P.ELEVATE, P.REASSIGN,
    }
)  # fmt: skip

MATRIX: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OWNER: _RUNS,
        Role.OPERATOR: _RUNS | {P.ELEVATE},
        Role.SUPERVISOR: _LEADS
        | {
            P.BLOCKS,
            P.REQUESTS,
            P.ACCESS_READ,
            P.CLOSE,
            P.INCIDENTS,
            P.DAYS,
            P.DAYS_CORRECT,
            P.DECISIONS,
            P.FLOOR_AGENTS,
            P.AGENTS_SIGN_OUT,
        },  # fmt: skip
        Role.LEAD: _LEADS,
        Role.AGENT: frozenset({P.ANSWER, P.OWN_DAY, P.ELEVATE}),
        Role.QA: frozenset({P.CLIENT_READ, P.REPORT, P.CONTACTS, P.CONVERSATIONS}),
        Role.FINANCE: frozenset({P.CLIENT_READ, P.REPORT, P.DAYS, P.DAYS_EXPORT}),
        Role.MANAGER: PORTAL,
        Role.VIEWER: frozenset({P.REPORT}),
        Role.AUDITOR: frozenset({P.PROVIDER_AUDIT, P.PROVIDER_AUDIT_EXPORT, P.AUDIT, P.AUDIT_EXPORT}),
    }
)

PROVIDER_ROLES = (Role.OWNER, Role.OPERATOR, Role.SUPERVISOR, Role.QA, Role.FINANCE, Role.AUDITOR)
"""Roles that may sit with the provider: such a seat reaches every client."""
BRAND_ROLES = (Role.SUPERVISOR, Role.LEAD, Role.AGENT, Role.QA, Role.MANAGER, Role.VIEWER)
"""Roles that may sit in one client."""
CLIENT_ROLES = frozenset({Role.MANAGER, Role.VIEWER})
"""People on a client's side: what they see names no product; "see as" sees as one of them."""

APPOINTS: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Role),
        Role.OPERATOR: frozenset(Role) - {Role.OWNER, Role.OPERATOR},
    }
)
"""Whom a seat may give a seat to, and take it from."""

ELEVATIONS: Mapping[Role, tuple[Role, ...]] = MappingProxyType(
    {
        Role.OPERATOR: (Role.OWNER,),
        Role.SUPERVISOR: (Role.OPERATOR,),
        Role.LEAD: (Role.SUPERVISOR,),
        Role.AGENT: (Role.LEAD,),
    }
)
"""Which stronger seat, in the same place, a lasting seat may take for some hours."""
ELEVATION_HOURS = (1, 2, 4, 8)
SEE_AS_MINUTES = 30


def permissions_of(role: str) -> frozenset[Permission]:
    """Return what the role may do; nothing for a word that is no role (any more)."""
    return MATRIX.get(Role(role), frozenset()) if role in Role.values else frozenset()


def gives(role: str, brand_id: int | None, permission: Permission) -> bool:
    """Tell whether a seat of that role there (None: with the provider) gives the permission."""
    return permission in permissions_of(role) and (brand_id is None or not permission.is_providers)


def may_sit(role: str, brand_id: int | None) -> bool:
    """Tell whether such a seat can be given there (None: with the provider)."""
    return role in (PROVIDER_ROLES if brand_id is None else BRAND_ROLES)


def stronger(role: str, brand_id: int | None) -> tuple[Role, ...]:
    """Return the seats that a lasting one of that role may take there for some hours."""
    wanted = ELEVATIONS.get(Role(role), ()) if role in Role.values else ()
    return tuple(one for one in wanted if may_sit(one, brand_id))
