"""Every address of both hosts, asked for as somebody who has no business with that brand.

Addresses come from the URL confs. What stands in a path is taken from SAMPLES by the parameter's name and
converter, or by the converter alone; without a sample the walk says so. `OPEN["isolation"]` lists, each with
its reason, where something else than 404 is right: for anybody, or for an operator of the provider.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, zip_longest
from typing import Any
from uuid import uuid4

from django.conf import settings

from tests.accounts.conftest import Browser
from tests.architecture.test_urls import OPEN, addresses, is_listed
from tests.isolation.estate import Estate

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")
ENDS = ("accounts/logout/", "leave/")
"""They end the walker's session, so they come last."""
NOBODYS = {
    "sample", "kind", "role", "key_id", "app_label", "content_type_id", "url", "name",
    "step", "day", "uidb36",
}  # fmt: skip
"""Parameters that name nothing of a brand."""
EVERYTHING = ("PUT", "PATCH", "DELETE")
THOROUGH = {"agent"}
"""They try every method and what every table holds; the others what a conversation is named by."""
TALKS = ("interactions_interaction", "routing_offer")
HTMX = {"HX-Request": "true"}
PROVIDER, OWN, OTHER = "provider", "own", "other"

SAMPLES: dict[tuple[str, str], Callable[[Estate], list[str]]] = {
    ("slug", "slug"): lambda b: [b.card.slug],
    ("code", "str"): lambda b: [b.code or "none"],
    ("key", "str"): lambda b: [b.key],
    ("object_id", "path"): lambda b: [str(b.card.id)],
    ("id", "str"): lambda b: [str(b.card.id)],
    ("content_type_id", "path"): lambda b: ["1"],
    ("app_label", "regex"): lambda b: ["tenants"],
    ("url", "regex"): lambda b: ["tenants/brand"],
    ("sample", "slug"): lambda b: ["desk"],
    ("digest", "slug"): lambda b: ["0" * 64],  # whoever knows the right one has seen the logo
    ("uidb36", "base36"): lambda b: ["1"],
    ("day", "str"): lambda b: ["2026-03-02"],
    ("role", "slug"): lambda b: ["agent"],
    ("key_id", "int"): lambda b: ["1"],  # of a person, of no brand
    ("kind", "slug"): lambda b: ["day"],
    ("name", "slug"): lambda b: ["brand"],  # a step of the onboarding
    ("step", "slug"): lambda b: ["brand"],  # the same
    ("token", "str"): lambda b: ["guessed"],  # whoever holds the right one is the one it was sent to
}
ANY: dict[str, Callable[[Estate], list[str]]] = {
    "uuid": lambda b: b.all_refs,
    "int": lambda b: [str(b.card.id), *b.all_ids],
}


class NoSample(AssertionError):
    """A route has a parameter that nothing of a brand is known for: give it one in SAMPLES."""


@dataclass
class Walker:
    """Somebody's browser, what they may never see, and whose page proves that they are signed in."""

    browser: Browser
    role: str
    home: str
    own_page: str = ""
    other_sessions: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """How a step is asked for; `bare`: with a form that gives no reason."""

    method: str
    headers: dict[str, str] = field(default_factory=dict)
    bare: bool = False


@dataclass(frozen=True)
class Step:
    """One route, filled for one brand in one way."""

    host: str
    route: str
    path: str
    bound: bool

    @property
    def key(self) -> str:
        return f"{self.host} {self.route}"


@dataclass
class Walk:
    """`routes` were walked; `found` says in words what was wrong; `taken`: which methods a route takes."""

    found: list[str] = field(default_factory=list)
    routes: set[tuple[str, str]] = field(default_factory=set)
    taken: dict[str, list[str]] = field(default_factory=dict)
    asked: Any = field(default_factory=count)
    brought: Any = field(default_factory=count)
    ended: bool = False


def parameters(route: str) -> list[tuple[str, str]]:
    """Return (name, converter) of what stands in the route; `regex` for one written as an expression."""
    plain = [(found["name"], found["kind"] or "str") for found in PARAMETER.finditer(GROUP.sub("", route))]
    return plain + [(found["name"], "regex") for found in GROUP.finditer(route)]


def values(parameter: tuple[str, str], estate: Estate) -> list[str]:
    """Return what of the brand may stand there. Raises NoSample."""
    sample = SAMPLES.get(parameter) or ANY.get(parameter[1])
    if sample is None:
        raise NoSample(f"{parameter[0]} ({parameter[1]}) has no sample: add it to tests/isolation/walk.py")
    return sample(estate)


def filled(route: str, estate: Estate) -> list[str]:
    """Return the route's paths for the brand: each value of each parameter occurs in one of them."""
    wanted = parameters(route)
    columns = [values(parameter, estate) for parameter in wanted]
    lines = list(zip_longest(*columns)) or [()]
    return [_path(route, wanted, columns, line) for line in lines]


def _path(route: str, wanted: list[tuple[str, str]], columns: list[list[str]], line: Any) -> str:
    given = {
        name: value if value is not None else column[0]
        for (name, _kind), column, value in zip(wanted, columns, line, strict=True)
    }
    route = GROUP.sub(lambda found: given[found["name"]], route)
    route = PARAMETER.sub(lambda found: given[found["name"]], route)
    return "/" + route.replace("^", "").replace("$", "").replace("\\", "").replace("?", "")


def steps(estate: Estate, *, only: str = "") -> Iterator[Step]:
    """Yield the addresses of the three hosts, those that end a session last."""
    late: list[Step] = []
    for host, conf in ((OWN, "brand"), (OTHER, "brand"), (PROVIDER, "provider")):
        for route, _pattern in addresses(conf):
            if only not in route:
                continue
            bound = any(name not in NOBODYS for name, _kind in parameters(route))
            found = [Step(host, route, path, bound) for path in filled(route, estate)]
            if route in ENDS:
                late += found
            else:
                yield from found
    yield from late


def is_public(step: Step) -> bool:
    """Tell whether the brand's own host shows this page to everybody: its shop, its chat."""
    return step.host == OTHER and is_listed("brand", step.route)


def is_operators(step: Step, role: str) -> bool:
    """Tell whether the page shows an operator every client, this one too: there is nothing to walk."""
    return role == "operator" and step.host == PROVIDER and _in(step.route, OPEN["operator"])


def _in(route: str, listed: dict[str, str]) -> bool:
    return any(route == one or one.endswith("*") and route.startswith(one[:-1]) for one in listed)


def walk(
    walker: Walker, estate: Estate, *, only: str = "", public: bool = False, seen: Walk | None = None
) -> Walk:
    """Ask for everything, `public`: for what the brand's own host shows to everybody; tell what is wrong.

    `only` picks routes that hold those words; `seen` goes on from an earlier walk.
    """
    seen = seen or Walk()
    if walker.role not in THOROUGH:
        estate = estate.of(*TALKS)
    for step in steps(estate, only=only):
        seen.routes.add((step.host, step.route))
        if is_operators(step, walker.role) or is_public(step) != public:
            continue
        if step.route in ENDS and not seen.ended:
            seen.ended = True
            _check_signed_in(walker, seen)
        for session in _sessions(walker, step, seen):
            ways = _ways(step, seen, thorough=walker.role in THOROUGH)
            first = step.key not in seen.taken
            answered = {how.method: _ask(walker, step, estate, seen, how, session) for how in ways}
            if first:
                seen.taken[step.key] = [method for method, status in answered.items() if status != 405]
            if first and step.bound and not seen.taken[step.key]:
                seen.found.append(f"{step.host} {step.path}: no method was taken")
    return seen


def _sessions(walker: Walker, step: Step, seen: Walk) -> list[Any]:
    """Return whose cookies to bring: each for a route's first path, in turns for further ones."""
    if step.host != OTHER or not walker.other_sessions:
        return [None]
    if step.key not in seen.taken:
        return walker.other_sessions
    turn = next(seen.brought) // 4  # of the ways to ask, each for either
    return [walker.other_sessions[turn % len(walker.other_sessions)]]


def _ways(step: Step, seen: Walk, *, thorough: bool) -> list[Way]:
    """Return how to ask: all methods for the first path of a route, few for each further one."""
    if step.key not in seen.taken:
        more = EVERYTHING if thorough and not step.route.startswith("admin/") else ()
        return [Way("GET"), Way("POST"), *map(Way, more), Way("GET", HTMX), Way("POST", HTMX, bare=True)]
    turn = next(seen.asked)
    headers = HTMX if turn % 2 else {}
    wanted = [method for method in ("POST", "GET") if method in seen.taken[step.key]]
    if thorough and len(wanted) > 1:  # by many rows: the methods take turns
        wanted = wanted[turn // 2 % 2 :]
    return [Way(method, headers, bare=True) for method in wanted[:1]]


def _check_signed_in(walker: Walker, seen: Walk) -> None:
    """A walk of somebody who was signed out on the way proves nothing."""
    if not walker.own_page:
        return
    host, _, path = walker.own_page.partition("/")
    status = walker.browser.get(f"/{path}", headers={"host": host}).status_code
    if status != 200:
        seen.found.append(f"the walker's own page {walker.own_page} answers {status}")


def _host(walker: Walker, step: Step, estate: Estate) -> str:
    names = {PROVIDER: "", OWN: f"{walker.home}.", OTHER: f"{estate.card.slug}."}
    return f"{names[step.host]}{settings.BASE_HOST}"


def _ask(walker: Walker, step: Step, estate: Estate, seen: Walk, how: Way, session: Any) -> int:
    method, headers = how.method, how.headers
    host, browser = _host(walker, step, estate), walker.browser
    if step.host == OTHER:
        browser.jars[host] = session.copy() if session else type(browser.cookies)()
    name = f"{walker.role}: {method}{' htmx' if headers else ''} {host}{step.path}"
    data = form(estate, bare=how.bare) if method == "POST" else query(estate) if method == "GET" else None
    ask: Any = getattr(browser, method.lower())
    try:
        answer = ask(step.path, data, headers={"host": host, **headers})
    except Exception as error:
        seen.found.append(
            f"{name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        )
        return 500
    seen.found += [f"{name}: {words}" for words in _wrong(step, estate, answer)]
    return int(answer.status_code)


def _wrong(step: Step, estate: Estate, answer: Any) -> Iterator[str]:
    text = _text(answer)
    for token in sorted(estate.tokens):
        if token in text:
            yield f"shows {token!r}"
    if step.host != OTHER and estate.card.name in text:
        yield f"names {estate.card.name}"
    if answer.status_code >= 500:
        yield f"answers {answer.status_code}"
    excused = is_public(step) or _in(step.route, OPEN["isolation"])
    if step.bound and not excused and not is_refusal(answer):
        yield f"answers {answer.status_code}"


def is_refusal(answer: Any) -> bool:
    """404, 410 for a code, a method that is not taken, or the way to the sign-in."""
    to_sign_in = answer.status_code == 302 and "/login/" in answer.get("Location", "")
    return to_sign_in or answer.status_code in {401, 404, 405, 410}


def _text(answer: Any) -> str:
    """Return body and headers, streamed or not."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + repr(answer.headers)


def query(estate: Estate) -> dict[str, str]:
    """Return a query that asks for the brand by all names that pages read."""
    ref = next(iter(estate.refs.get("interactions_interaction", [])), str(uuid4()))
    names = dict.fromkeys(("brand", "client", "slug"), estate.card.slug) | dict.fromkeys(
        ("ref", "interaction", "conversation"), ref
    )
    names["queue"] = next(iter(estate.refs.get("interactions_queue", [])), str(uuid4()))
    return names | {"stream": f"c.{ref}", "seq": "0", "q": "", "page": "1", "mode": "reply", "days": "7"}


def form(estate: Estate, *, bare: bool = False) -> dict[str, str]:
    """Return a form that fits whatever is posted to the brand; `bare`: without a reason for it."""
    filled_in = query(estate) | {
        "body": "written from next door", "text": "written from next door", "kind": "reply", "last_seq": "1",
        "client_id": str(uuid4()), "reason": "delivery", "outcome": "solved", "to": "away", "away": "break",
        "key": estate.key, "code": estate.code, "brand_id": str(estate.card.id), "role": "agent",
        "email": "next@door.example", "name": "Next door",
    }  # fmt: skip
    return {name: value for name, value in filled_in.items() if not bare or name != "reason"}
