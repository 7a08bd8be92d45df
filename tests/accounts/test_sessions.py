"""The list of sessions, rules they keep to, locks on the sign-in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session

from accounts import adapter
from accounts.access import actor_for_session
from accounts.actor import Actor, Seat
from accounts.choices import Role
from accounts.mfa import factors
from accounts.models import User
from accounts.security import gate, locks, policies, signins
from accounts.security.errors import BadNetwork, LocksYouOut, NothingFormer
from accounts.security.models import SecurityPolicy, SignIn, SignInLock
from accounts.security.rules import Rules, is_within, strictest
from core import clock
from core.errors import NotFound
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.accounts.conftest import Browser, Person
from tests.accounts.test_second_step import HOME, HOST, SECURITY, STEP, code_of, post
from tests.factories import NOW

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PORTAL = "http://globex.localhost:8000/report/"
OFFICE = "203.0.113.7"


def at(address: str, **more: Any) -> Browser:
    return Browser(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=address, **more)


def key_of(browser: Browser, host: str = "localhost") -> str:
    return str(browser.jars[host]["sid"].value)


def put(role: str, card: BrandCard | None, boss: Actor, *, address: str = OFFICE, **rules: Any) -> None:
    rules = {"networks": []} | rules
    brand_id = card.id if card else None
    policies.set_policy(role, brand_id=brand_id, actor=boss, address=address, now=clock.now(), **rules)


@contextmanager
def told_to(actor: Actor) -> Iterator[Callable[[], int]]:
    """Listen as the actor's sockets do; yields a function that counts what Valkey has passed on to them."""
    with redis.Redis.from_url(settings.REDIS_URL) as valkey, valkey.pubsub() as ear:
        ear.subscribe(f"asgi__group__access.{actor.user_id}")
        ear.get_message(timeout=5)  # that it listens

        def count() -> int:
            valkey.publish(f"asgi__group__access.{actor.user_id}", "the end")
            found = 0
            while (said := ear.get_message(timeout=5)) and said["data"] != b"the end":
                found += 1
            return found

        yield count


class DescribeTheList:
    def it_says_what_and_where_from(self, ada: Actor) -> None:
        browser = at(OFFICE, HTTP_USER_AGENT=LINUX)
        browser.sign_in("ada@example.test")
        page = browser.at(f"{HOME}{SECURITY}")
        (one,) = page.context["sessions"]
        assert (one.device, one.address, one.host, one.is_this) == (
            "Firefox on Linux", OFFICE, "localhost", True,
        )  # fmt: skip
        assert OFFICE in page.content.decode()

    def it_has_a_brands_session_with_the_age_of_its_source(self, browser: Browser, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        SignIn.objects.update(opened_at=NOW, second_factor="totp")
        assert browser.follow(browser.at(PORTAL)).status_code == 200
        row = SignIn.objects.exclude(brand=None).get()
        assert (row.host, row.opened_at, row.second_factor) == ("globex.localhost", NOW, "totp")
        assert Session.objects.get(pk=row.session_key).get_decoded()["opened"] == NOW.timestamp()

    def it_ends_one_with_those_it_opened(self, browser: Browser, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        browser.follow(browser.at(PORTAL))
        other = Browser()
        other.sign_in("cy@example.test")
        ref = SignIn.objects.get(session_key=key_of(browser)).ref
        assert post(other, f"{SECURITY}sessions/{ref}/end/").status_code == 303
        assert SignIn.objects.count() == 1
        assert browser.at(PORTAL).status_code == 302
        assert "/accounts/login/" in browser.at(f"{HOME}{SECURITY}")["Location"]
        assert other.at(f"{HOME}{SECURITY}").status_code == 200
        assert AuditRow.objects.get(verb="session.ended").diff == {"sessions": 2}

    def it_ends_all_others(self, cy: Actor) -> None:
        browsers = [Browser() for _ in range(3)]
        for browser in browsers:
            browser.sign_in("cy@example.test")
        browsers[0].follow(browsers[0].at(PORTAL))
        assert post(browsers[0], f"{SECURITY}sessions/others/end/").status_code == 303
        assert browsers[0].at(PORTAL).status_code == 200
        assert [b.at(f"{HOME}{SECURITY}").status_code for b in browsers] == [200, 302, 302]

    def it_tells_sockets(self, ada: Actor, django_capture_on_commit_callbacks: Any) -> None:
        browser = Browser()
        browser.sign_in("ada@example.test")
        with told_to(ada) as told:
            with django_capture_on_commit_callbacks(execute=True):
                signins.end_all(ada.user_id, actor="test", now=clock.now())
            assert told() == 1
        assert actor_for_session(key_of(browser)) is None

    def it_hides_anothers(self, browser: Browser, ada: Actor, cy: Actor) -> None:
        browser.sign_in("cy@example.test")
        ref, other = SignIn.objects.get().ref, Browser()
        other.sign_in("ada@example.test")
        assert post(other, f"{SECURITY}sessions/{ref}/end/").status_code == 404
        assert browser.at(f"{HOME}{SECURITY}").status_code == 200

    def it_forgets_those_that_are_over(self, browser: Browser, ada: Actor) -> None:
        browser.sign_in("ada@example.test")
        post(browser, "/accounts/logout/")
        browser.sign_in("ada@example.test")
        assert SignIn.objects.count() == 1

    def it_knows_a_session_older_than_the_list(self, browser: Browser, ada: Actor) -> None:
        browser.sign_in("ada@example.test")
        SignIn.objects.all().delete()
        signins._seen.clear()
        browser.at(f"{HOME}{SECURITY}")
        assert SignIn.objects.get().user_id == ada.user_id


class DescribeIdleTime:
    def back(self, **by: float) -> None:
        SignIn.objects.update(acted_at=clock.now() - timedelta(**by))

    def it_ends_the_session(self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser.sign_in("cy@example.test")
        put(Role.MANAGER, globex, bo, idle_minutes=5)
        self.back(minutes=4, seconds=50)
        assert browser.at(f"{HOME}{SECURITY}").status_code == 200
        self.back(minutes=5)
        answer = browser.at(f"{HOME}{SECURITY}")
        assert "/accounts/login/" in answer["Location"]
        assert "5 minutes without activity" in browser.follow(answer).content.decode()
        assert not SignIn.objects.exists()
        assert AuditRow.objects.get(verb="session.ended").reason == "idle"

    def it_goes_on_with_what_a_person_does_alone(
        self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard
    ) -> None:
        browser.sign_in("cy@example.test")
        put(Role.MANAGER, globex, bo, idle_minutes=5)
        for headers, is_act in (
            ({"Accept": "application/json"}, False),
            ({"HX-Request": "true"}, False),
            ({"Sec-Fetch-Mode": "cors"}, False),
            ({"X-By-Itself": "1"}, False),
            ({"Sec-Fetch-Mode": "navigate"}, True),
        ):
            self.back(minutes=2)
            browser.get("/session/", headers=HOST | headers)
            assert (SignIn.objects.get().acted_at > clock.now() - timedelta(minutes=1)) is is_act, headers
        self.back(minutes=2)
        left = browser.get("/session/", headers=HOST | {"Accept": "application/json"}).json()["left"]
        assert 170 < left <= 180
        assert post(browser, "/session/").json()["left"] > 290

    def it_warns_on_the_page(self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser.sign_in("cy@example.test")
        assert 'id="idle"' not in browser.at(f"{HOME}{SECURITY}").content.decode()
        put(Role.MANAGER, globex, bo, idle_minutes=5)
        assert 'data-idle="300"' in browser.at(f"{HOME}{SECURITY}").content.decode()

    def it_closes_sockets(self, browser: Browser, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        browser.sign_in("ada@example.test")
        put(Role.AGENT, acme, bo, idle_minutes=5)
        assert actor_for_session(key_of(browser)) == ada
        self.back(minutes=5)
        assert actor_for_session(key_of(browser)) is None

    def it_says_nothing_to_nobody(self, browser: Browser, ada: Actor) -> None:
        assert browser.get("/session/", headers=HOST).status_code == 401
        browser.sign_in("ada@example.test")
        assert browser.get("/session/", headers=HOST).json() == {"left": None}


class DescribeAge:
    def it_ends_the_session(self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser.sign_in("cy@example.test")
        browser.follow(browser.at(PORTAL))
        put(Role.MANAGER, globex, bo, session_hours=1)
        assert browser.at(PORTAL).status_code == 200
        for row in SignIn.objects.all():
            session = Session.objects.get(pk=row.session_key)
            data = session.get_decoded() | {"opened": (clock.now() - timedelta(hours=1)).timestamp()}
            Session.objects.filter(pk=row.session_key).update(session_data=Session.objects.encode(data))
        assert "/accounts/login/" in browser.at(PORTAL)["Location"]
        answer = browser.at(f"{HOME}{SECURITY}")
        assert "a session lasts 1 hour here" in browser.follow(answer).content.decode()

    def it_ends_one_that_does_not_know_its_age(
        self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard
    ) -> None:
        browser.sign_in("cy@example.test")
        row = Session.objects.get(pk=key_of(browser))
        data = {name: value for name, value in row.get_decoded().items() if name != "opened"}
        Session.objects.filter(pk=row.pk).update(session_data=Session.objects.encode(data))
        assert browser.at(f"{HOME}{SECURITY}").status_code == 200
        put(Role.MANAGER, globex, bo, session_hours=300)
        assert browser.at(f"{HOME}{SECURITY}").status_code == 302


class DescribeNetworks:
    def it_lets_in_from_there_only(self, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        put(Role.MANAGER, globex, bo, networks=["203.0.113.0/24", "2001:db8::/32"])
        for address, status in ((OFFICE, 200), ("2001:db8::9", 200), ("198.51.100.1", 403)):
            browser = at(address)
            browser.sign_in("cy@example.test")
            page = browser.at(f"{HOME}{SECURITY}")
            assert page.status_code == status, address
        assert "198.51.100.1" in page.content.decode()
        assert post(browser, "/accounts/logout/").status_code == 302
        assert AuditRow.objects.get(verb="session.elsewhere").object == "198.51.100.1"

    def it_holds_on_the_brands_host_too(self, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser = at(OFFICE)
        browser.sign_in("cy@example.test")
        browser.follow(browser.at(PORTAL))
        put(Role.MANAGER, globex, bo, networks=["203.0.113.0/24"])
        assert browser.at(PORTAL).status_code == 200
        gone = browser.get(
            "/report/", headers={"host": "globex.localhost:8000", "X-Forwarded-For": "192.0.2.9"}
        )
        assert gone.status_code == 403
        assert "Trunkline" not in gone.content.decode()

    def it_closes_sockets(self, ada: Actor, bo: Actor, acme: BrandCard) -> None:
        browser = at(OFFICE)
        browser.sign_in("ada@example.test")
        put(Role.AGENT, acme, bo, networks=["203.0.113.0/24"])
        assert actor_for_session(key_of(browser), address=OFFICE) == ada
        assert actor_for_session(key_of(browser), address="198.51.100.1") is None

    def it_leaves_a_brands_rules_out_on_another_brands_host(
        self, person: Person, bo: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        person("both@example.test", (Role.MANAGER, acme), (Role.MANAGER, globex))
        browser = at(OFFICE)
        browser.sign_in("both@example.test")
        browser.follow(browser.at(PORTAL))
        put(Role.MANAGER, acme, bo, networks=["192.0.2.0/24"])
        assert browser.at(PORTAL).status_code == 200
        assert browser.at(f"{HOME}{SECURITY}").status_code == 403


class DescribeARequiredSecondStep:
    def it_opens_only_the_enrolment(self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser.sign_in("cy@example.test")
        browser.follow(browser.at(PORTAL))
        put(Role.MANAGER, globex, bo, second_factor_from=clock.now())
        assert browser.at(f"{HOME}/clients/")["Location"] == f"{SECURITY}?next=%2Fclients%2F"
        assert post(browser, "/clients/").status_code == 403
        part = browser.get("/clients/", headers=HOST | {"HX-Request": "true"})
        assert (part.status_code, part["HX-Redirect"]) == (403, f"{SECURITY}?next=%2F")
        led = browser.follow(browser.at(PORTAL))
        assert led.wsgi_request.path == SECURITY
        assert led.context["must"]
        assert actor_for_session(key_of(browser)) is None

    def it_opens_all_once_that_is_done(
        self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard
    ) -> None:
        browser.sign_in("cy@example.test")
        browser.follow(browser.at(PORTAL))
        put(Role.MANAGER, globex, bo, second_factor_from=clock.now())
        browser.follow(browser.at(PORTAL))
        secret = str(browser.at(f"{HOME}{SECURITY}app/").context["secret"]).replace(" ", "")
        assert post(browser, f"{SECURITY}app/", {"code": code_of(secret)}).status_code == 201
        page = browser.at(f"{HOME}{SECURITY}")
        assert "handoff%2Fglobex" in page.context["onward"]
        assert browser.follow(browser.at(f"{HOME}{page.context['onward']}")).status_code == 200
        assert browser.at(PORTAL).status_code == 200

    def it_waits_until_the_day(self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard) -> None:
        browser.sign_in("cy@example.test")
        put(Role.MANAGER, globex, bo, second_factor_from=clock.now() + timedelta(days=3))
        page = browser.at(f"{HOME}{SECURITY}")
        assert page.context["asked_from"] is not None
        assert browser.at(f"{HOME}/clients/").status_code == 200
        other = Browser()
        other.sign_in("cy@example.test")
        assert "asks for a second step" in other.at(f"{HOME}/clients/").content.decode()

    def it_sends_a_session_without_it_through_the_step(
        self, browser: Browser, cy: Actor, bo: Actor, globex: BrandCard
    ) -> None:
        browser.sign_in("cy@example.test")
        secret = factors.new_secret()
        factors.add_app(User.objects.get(pk=cy.user_id), secret=secret, code=code_of(secret), now=NOW)
        put(Role.MANAGER, globex, bo, second_factor_from=clock.now())
        led = browser.follow(browser.at(f"{HOME}/clients/"))
        assert led.wsgi_request.get_full_path() == "/accounts/login/?next=%2Fclients%2F"
        assert browser.sign_in("cy@example.test", following="/clients/")["Location"] == STEP


class DescribeTheRules:
    def it_keeps_the_strictest(self) -> None:
        found = strictest(
            [
                Rules(None, 30, 8, (("203.0.113.0/24",),)),
                Rules(NOW, 15, None, ()),
                Rules(NOW - timedelta(days=1), None, 12, (("2001:db8::/32",),)),
            ]
        )
        assert found == Rules(NOW - timedelta(days=1), 15, 8, (("203.0.113.0/24",), ("2001:db8::/32",)))
        assert not found.admits("203.0.113.9")
        assert strictest([]) == Rules()

    @pytest.mark.parametrize(
        ("address", "network", "inside"),
        [
            ("203.0.113.9", "203.0.113.0/24", True),
            ("::ffff:203.0.113.9", "203.0.113.0/24", True),
            ("203.0.114.1", "203.0.113.0/24", False),
            ("2001:db8::1", "203.0.113.0/24", False),
            ("2001:db8:1::1", "2001:db8::/32", True),
            ("", "203.0.113.0/24", False),
            ("nonsense", "203.0.113.0/24", False),
        ],
    )
    def it_knows_what_is_inside(self, address: str, network: str, inside: bool) -> None:
        assert is_within(address, (network,)) is inside

    @pytest.mark.parametrize("line", ["office", "203.0.113.0/33", "0.0.0.0/0", "::/0", "300.1.1.1", ""])
    def it_refuses_what_is_no_network(self, bo: Actor, acme: BrandCard, line: str) -> None:
        with pytest.raises(BadNetwork):
            put(Role.AGENT, acme, bo, networks=[line])

    def it_writes_networks_one_way(self, bo: Actor, globex: BrandCard) -> None:
        put(Role.AGENT, globex, bo, networks=["203.0.113.9/24", "198.51.100.4"])
        assert SecurityPolicy.objects.get().networks == ["203.0.113.0/24", "198.51.100.4/32"]

    def it_locks_no_operator_out(self, bo: Actor, acme: BrandCard) -> None:
        for role, card in ((Role.OPERATOR, None), (Role.AGENT, acme)):
            with pytest.raises(LocksYouOut) as refused:
                put(role, card, bo, networks=["198.51.100.0/24"])
            assert OFFICE in str(refused.value.message)
            put(role, card, bo, networks=["203.0.113.0/24"])

    def it_writes_down_what_changed_and_takes_it_back(self, bo: Actor, globex: BrandCard) -> None:
        put(Role.AGENT, globex, bo, idle_minutes=30)
        put(Role.AGENT, globex, bo, idle_minutes=10, networks=["203.0.113.0/24"])
        put(Role.AGENT, globex, bo, idle_minutes=10, networks=["203.0.113.0/24"])
        rows = AuditRow.objects.filter(verb="policy.changed", brand_id=globex.id).order_by("pk")
        assert [row.diff for row in rows] == [
            {"idle_minutes": [None, 30]},
            {"idle_minutes": [30, 10], "networks": [[], ["203.0.113.0/24"]]},
        ]
        how: Any = {"brand_id": globex.id, "actor": bo, "address": OFFICE, "now": clock.now()}
        assert policies.restore_policy(Role.AGENT, **how).idle_minutes == 30
        assert policies.restore_policy(Role.AGENT, **how).idle_minutes == 10
        with pytest.raises(NothingFormer):
            policies.restore_policy(Role.MANAGER, **how)

    def it_has_no_rules_for_a_role_of_elsewhere(self, bo: Actor, globex: BrandCard) -> None:
        with pytest.raises(NotFound):
            put(Role.OPERATOR, globex, bo)
        with pytest.raises(NotFound):
            put(Role.AGENT, None, bo)

    def it_tells_the_sockets_of_those_concerned(
        self, ada: Actor, cy: Actor, bo: Actor, globex: BrandCard, django_capture_on_commit_callbacks: Any
    ) -> None:
        with told_to(ada) as agent, told_to(cy) as manager:
            with django_capture_on_commit_callbacks(execute=True):
                put(Role.AGENT, globex, bo, idle_minutes=30)
            assert (agent(), manager()) == (1, 0)

    def it_forgets_those_of_a_brand_that_is_taken_down(
        self, bo: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        for card in (acme, globex):
            put(Role.MANAGER, card, bo, idle_minutes=30)
        policies.forget_brand(globex.id)
        assert list(SecurityPolicy.objects.values_list("brand_id", flat=True)) == [acme.id]

    def it_counts_the_seats_of_the_place(self, bo: Actor, acme: BrandCard) -> None:
        put(Role.AGENT, acme, bo, idle_minutes=30)
        from accounts.security.rules import rules_of

        assert rules_of((Seat(acme.id, "agent"),)).idle_minutes == 30
        assert rules_of((Seat(acme.id, "manager"), Seat(None, "operator"))) == Rules()
        assert gate.judge({}, Rules(), address="", now=NOW) == gate.Verdict.GOOD


class DescribeLocks:
    def it_waits_longer_each_time_and_says_the_same_of_nobody(self, ada: Actor) -> None:
        for email in ("ada@example.test", "nobody@example.test"):
            browser, words = at(OFFICE), []
            for _ in range(adapter.FAILURES_FROM_ADDRESS):
                assert browser.sign_in(email, password="a guess").status_code == 422
            words.append(str(browser.sign_in(email).context["form"].non_field_errors()))
            SignInLock.objects.update(locked_until=clock.now())
            assert browser.sign_in(email, password="a guess").status_code == 422
            words.append(str(browser.sign_in(email).context["form"].non_field_errors()))
            assert ["Wait 1 minute," in words[0], "Wait 2 minutes," in words[1]] == [True, True]
        rows = AuditRow.objects.filter(verb="session.locked").order_by("pk").values_list("object", flat=True)
        assert list(rows) == ["ada@example.test"] * 2 + ["nobody@example.test"] * 2

    def it_begins_anew_after_the_right_password(self, ada: Actor) -> None:
        browser = at(OFFICE)
        for _ in range(2):
            for _ in range(adapter.FAILURES_FROM_ADDRESS - 1):
                browser.sign_in("ada@example.test", password="a guess")
            assert browser.sign_in("ada@example.test").status_code == 302
            post(browser, "/accounts/logout/")

    def it_is_opened_by_an_operator(self, ada: Actor, bo: Actor) -> None:
        browser = at(OFFICE)
        for _ in range(adapter.FAILURES_FROM_ADDRESS):
            browser.sign_in("ada@example.test", password="a guess")
        assert locks.locked_until("ada@example.test", now=clock.now()) is not None
        assert locks.unlock("ada@example.test", actor=bo.who, who=ada.who, now=clock.now())
        assert browser.sign_in("ada@example.test").status_code == 302

    def it_keeps_no_address_in_the_clear(self, ada: Actor) -> None:
        at(OFFICE).sign_in("ada@example.test", password="a guess")
        assert "ada" not in str(list(SignInLock.objects.values()))

    def it_forgets_after_a_day(self, ada: Actor) -> None:
        at(OFFICE).sign_in("ada@example.test", password="a guess")
        SignInLock.objects.update(failed_at=clock.now() - timedelta(hours=25))
        at(OFFICE).sign_in("other@example.test", password="a guess")
        assert set(SignInLock.objects.values_list("failures", flat=True)) == {1}
        assert SignInLock.objects.count() == 2
