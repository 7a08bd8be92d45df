"""The cast of the world `bpo`: an outsourcer, two client brands, their people. Data only."""

from dataclasses import dataclass, field
from unicodedata import normalize

PASSWORD = "harbour-demo-26"  # noqa: S105 - printed on purpose, the demo world only
PROVIDER_MAIL = "harbour.example"


@dataclass(frozen=True)
class BrandPlan:
    """A client brand and its one web chat queue."""

    slug: str
    name: str
    legal_name: str
    timezone: str
    locales: tuple[str, ...]
    hue: int
    tone: str
    tone_do: tuple[str, ...]
    tone_dont: tuple[str, ...]
    shop: str
    inbox: str
    greeting: str
    queue: str
    target_seconds: int
    reasons: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str, bool], ...]
    manager: tuple[str, str]
    country: str
    subdivision: str = ""


@dataclass(frozen=True)
class AgentPlan:
    """An agent: `brands` maps a slug to the alias customers read; `lapsed` lists expired certifications."""

    name: str
    team: str
    brands: dict[str, str]
    language: str = "en"
    lapsed: tuple[str, ...] = field(default=())
    skills: dict[str, int] = field(default_factory=dict)

    @property
    def email(self) -> str:
        plain = normalize("NFKD", self.name.split()[0].lower()).encode("ascii", "ignore").decode()
        return f"{plain}@{PROVIDER_MAIL}"


NORTHWIND = BrandPlan(
    slug="northwind",
    name="Northwind Outdoors",
    legal_name="Northwind Outdoors AB",
    timezone="Europe/Stockholm",
    locales=("en", "sv"),
    hue=148,
    tone="warm, first names",
    tone_do=("Use the first name", "Name the next step and when it happens", "Wish them a good trip"),
    tone_dont=("Blame the carrier", "Promise a delivery day without tracking"),
    shop="outdoor",
    inbox="Web chat",
    greeting="Hi! Planning a trip, or is something not right? Write to us.",
    queue="Orders and returns",
    target_seconds=40,
    reasons=(
        ("delivery", "Delivery"),
        ("return", "Return or exchange"),
        ("product", "Product advice"),
        ("warranty", "Warranty"),
    ),
    outcomes=(
        ("solved", "Solved", True),
        ("follow_up", "Follow-up needed", False),
        ("refund", "Refunded", True),
    ),
    manager=("Lena Sandberg", "lena@northwind.example"),
    country="SE",
)
LUMEN = BrandPlan(
    slug="lumen",
    name="Lumen Energy",
    legal_name="Lumen Energy Pty Ltd",
    timezone="Australia/Adelaide",
    locales=("en",),
    hue=62,
    tone="plain and precise",
    tone_do=(
        "Say the amount and the date",
        "Confirm the address before a change",
        "Offer a payment plan early",
    ),
    tone_dont=("Use slang", "Guess a reading"),
    shop="energy",
    inbox="Web chat",
    greeting="Hello. Questions about your bill, a move or an outage? Ask us here.",
    queue="Bills and moving",
    target_seconds=60,
    reasons=(("bill", "Bill"), ("moving", "Moving house"), ("outage", "Outage"), ("meter", "Meter reading")),
    outcomes=(
        ("solved", "Solved", True),
        ("technician", "Technician booked", True),
        ("open", "Not solved", False),
    ),
    manager=("Noah Whitfield", "noah@lumen.example"),
    country="AU",
    subdivision="SA",
)
BRANDS = (NORTHWIND, LUMEN)
OPERATOR = ("Sara Kvist", f"sara@{PROVIDER_MAIL}")
STAFF = (
    ("Ingrid Vale", f"ingrid@{PROVIDER_MAIL}", "owner", ""),
    ("Henrik Dahl", f"henrik@{PROVIDER_MAIL}", "supervisor", ""),
    ("Leila Haddad", f"leila@{PROVIDER_MAIL}", "lead", "northwind"),
    ("Quinn Abara", f"quinn@{PROVIDER_MAIL}", "qa", "northwind"),
    ("Freja Lund", f"freja@{PROVIDER_MAIL}", "finance", ""),
    ("Aron Weiss", f"aron@{PROVIDER_MAIL}", "auditor", ""),
    ("Vera Holm", "vera@northwind.example", "viewer", "northwind"),
)
"""One person of each other role: name, address, role, and the client of their seat ("": the provider)."""
TEAMS = {"Nordic desk": "Malmö", "Southern desk": "Adelaide"}
SITES = {"Malmö": "Europe/Stockholm", "Adelaide": "Australia/Adelaide"}
HOME = SITES["Malmö"]
"""The zone of the provider's own people."""
LEADS = {"Nordic desk": "Amara Koné", "Southern desk": "Mei Tanaka"}
SKILLS = {"orders": "Orders", "billing": "Billing", "escalations": "Escalations"}
AGENTS = (
    AgentPlan(
        "Amara Koné",
        "Nordic desk",
        {"northwind": "Amara", "lumen": "Amara K."},
        skills={"orders": 5, "billing": 3, "escalations": 5},
    ),
    AgentPlan("Jonas Ek", "Nordic desk", {"northwind": "Jonas", "lumen": "Jon"}, "sv", skills={"orders": 4}),
    AgentPlan(
        "Mei Tanaka",
        "Southern desk",
        {"northwind": "Mei", "lumen": "Mei T."},
        skills={"orders": 3, "billing": 5},
    ),
    AgentPlan("Elin Nyström", "Nordic desk", {"northwind": "Elin"}, "sv", skills={"orders": 3}),
    AgentPlan("Petra Horvat", "Nordic desk", {"northwind": "Petra"}),
    AgentPlan("Omar Haddad", "Nordic desk", {"northwind": "Omar"}, lapsed=("northwind",)),
    AgentPlan("Ruby Walsh", "Southern desk", {"lumen": "Ruby"}, skills={"billing": 4}),
    AgentPlan("Tomás Herrera", "Southern desk", {"lumen": "Tom"}),
)
CUSTOMERS = (
    "Maya Lindqvist", "Oke Adeyemi", "Hana Sato", "Peter Volkov", "Inès Caradec", "Rui Fonseca",
    "Grace Okoye", "Liam Murphy", "Sofia Berg", "Arjun Rao", "Noor Rahman", "Wiremu Parata",
    "Chloé Martin", "Ewa Nowak", "Diego Paz", "Astrid Holm", "Kofi Mensah", "Yuki Mori",
    "Elsa Dahl", "Marco Bianchi", "Zoe Papas", "",
)  # fmt: skip
