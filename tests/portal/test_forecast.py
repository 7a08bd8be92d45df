"""The client's forecast: uploaded whole or not at all, fixed before its month, and judged against."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from events.models import Event
from reporting.actions import forecasts as actions
from reporting.forecasts.agreed import calendar, days_forecast
from reporting.forecasts.models import Forecast, ForecastDay, ForecastTerms
from reporting.models import Exclusion
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed, op, signed
from tests.console.test_hours import make_queue
from tests.desk.test_budget import check, counted
from tests.factories import TESTS, make_person
from tests.portal.test_commitments import promise
from tests.portal.test_exclusions import hour, words
from tests.portal.test_metrics import METRICS, text_of, value
from tests.portal.test_report import NOON, contact, make_inbox_once, page, signed_in

__all__ = ["op", "signed"]

pytestmark = pytest.mark.django_db
PATH = "/report/forecast/"
CONSOLE = "/clients/acme/forecast/"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 18)
HEAD = "date,start,queue,contacts\n"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def lena(db: None, acme: BrandCard) -> Browser:
    """Acme's manager, on Acme's host."""
    make_person("lena@example.test", (Role.MANAGER, acme), name="Lena Holm")
    return signed_in("lena@example.test", acme)


def send(browser: Browser, card: BrandCard, text: str, **more: str) -> Any:
    host = f"{card.slug}.localhost:8000"
    file = SimpleUploadedFile("volume.csv", text.encode())
    return browser.post(f"http://{host}{PATH}upload/", {"file": file, **more}, headers={"host": host})


def act(browser: Browser, card: BrandCard, ref: UUID, what: str) -> Any:
    host = f"{card.slug}.localhost:8000"
    return browser.post(f"http://{host}{PATH}{ref}/{what}/", {}, headers={"host": host})


def rows(card: BrandCard) -> list[Forecast]:
    with tenant_scope(card, TESTS):
        return list(Forecast.objects.order_by("pk"))


def terms(card: BrandCard, *, at: datetime, month: date, days: int = 10, share: int = 20) -> None:
    with tenant_scope(card, TESTS):
        actions.agree_forecast(
            key=uuid4(), lock_days=days, over_share=share, from_month=month, shown="Olu Park",
            zone=STOCKHOLM, actor="user:1", now=at,
        )  # fmt: skip


def in_use(card: BrandCard, text: str, *, at: datetime) -> Forecast:
    """A forecast that Lena put in use then."""
    by: dict[str, Any] = {"shown": "Lena Holm", "actor": "user:2", "now": at}
    with tenant_scope(card, TESTS):
        file = BytesIO((HEAD + text).encode())
        row = actions.upload_forecast(file, key=uuid4(), filename="volume.csv", zone=STOCKHOLM, **by)
        return actions.use_forecast(row.ref, **by)


def orders(card: BrandCard) -> int:
    with tenant_scope(card, TESTS):
        return int(make_inbox_once().queue_id)


def what_counts(card: BrandCard, day: date, now: datetime = NOON) -> list[tuple[int, bool]]:
    """The number of the version that counts for the day, and whether it is agreed."""
    with tenant_scope(card, TESTS):
        found = days_forecast(day, day, of=calendar(STOCKHOLM), now=now)
    return [(one.number, one.is_agreed) for one in found.values()]


def datetime_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


class DescribeUploading:
    def it_is_looked_at_before_it_counts(self, lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
        make_queue(acme)
        text, key = HEAD + "2026-12-01,09:00,Orders,12\n2026-12-01,09:15,Orders,8.5\n", str(uuid4())
        for _again in range(2):
            assert send(lena, acme, text, key=key).status_code == 302
        [row] = rows(acme)
        assert (row.used_at, row.minutes, row.lines, row.total) == (None, 15, 2, 2050)
        assert rows(globex) == []
        shown = words(page(lena, acme, f"{PATH}{row.ref}/").content.decode())
        assert "Forecast that is not in use" in shown
        assert "Orders 20.5" in shown
        assert what_counts(acme, date(2026, 12, 1)) == []
        for _again in range(2):
            assert act(lena, acme, row.ref, "use").status_code == 302
        [row] = rows(acme)
        assert (row.number, row.used_shown, row.used_at) == (1, "Lena Holm", NOON)
        assert what_counts(acme, date(2026, 12, 1)) == [(1, False)]
        assert act(lena, acme, row.ref, "discard").status_code == 302
        assert len(rows(acme)) == 1, "what is in use stays"
        verbs = AuditRow.objects.filter(brand_id=acme.id, verb__startswith="forecast").order_by("pk")
        assert [one.verb for one in verbs] == ["forecast.uploaded", "forecast.used"]
        with tenant_scope(acme, TESTS):
            assert Event.objects.filter(kind="forecast.used").count() == 1

    def it_says_each_wrong_line_and_keeps_nothing(self, lena: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        answer = send(lena, acme, HEAD + "2026-12-01,09:00,Orders,12\n2026-12-01,soon,Orders,1\n")
        assert answer.status_code == 422
        said = words(answer.content.decode())
        assert "Nothing was taken: some lines cannot be used." in said
        assert "3 start Write the time like 09:15." in said
        assert rows(acme) == []
        assert AuditRow.objects.filter(verb__startswith="forecast").count() == 0

    @pytest.mark.parametrize("text", ["", "\x00\x01", "a" * (5 * 1024 * 1024 + 1)])
    def it_refuses_what_is_no_file_of_that_kind(self, lena: Browser, acme: BrandCard, text: str) -> None:
        assert send(lena, acme, text).status_code == 422
        assert rows(acme) == []

    def it_is_discarded_until_it_is_used(self, lena: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        send(lena, acme, HEAD + "2026-12-01,09:00,Orders,12\n")
        [row] = rows(acme)
        assert act(lena, acme, row.ref, "discard").status_code == 302
        assert rows(acme) == []
        with tenant_scope(acme, TESTS):
            assert ForecastDay.objects.count() == 0

    def it_offers_a_template_that_can_be_sent_back(self, lena: Browser, acme: BrandCard) -> None:
        make_queue(acme)
        text = page(lena, acme, f"{PATH}template/").content.decode()
        assert send(lena, acme, text).status_code == 302

    def it_is_the_managers_and_read_by_viewers(
        self, lena: Browser, acme: BrandCard, globex: BrandCard
    ) -> None:
        make_queue(acme)
        send(lena, acme, HEAD + "2026-12-01,09:00,Orders,12\n")
        [row] = rows(acme)
        make_person("vic@example.test", (Role.VIEWER, acme))
        vic = signed_in("vic@example.test", acme)
        assert page(vic, acme, PATH).status_code == 200
        assert "Upload a forecast" not in page(vic, acme, PATH).content.decode()
        assert send(vic, acme, HEAD).status_code == 404
        for what in ("use", "discard"):
            assert act(vic, acme, row.ref, what).status_code == 404
            assert act(lena, acme, uuid4(), what).status_code == 404
        make_person("zoe@example.test", (Role.MANAGER, globex))
        zoe = signed_in("zoe@example.test", globex)
        assert page(zoe, globex, f"{PATH}{row.ref}/").status_code == 404
        assert act(zoe, globex, row.ref, "use").status_code == 404
        assert rows(acme)[0].used_at is None


class DescribeFixing:
    def it_counts_only_for_days_that_are_not_fixed(self, acme: BrandCard) -> None:
        make_queue(acme)
        terms(acme, at=datetime(2026, 8, 1, tzinfo=UTC), month=date(2026, 10, 1))
        both = "2026-10-05,09:00,Orders,10\n2026-11-05,09:00,Orders,10\n"
        in_use(acme, both, at=datetime(2026, 9, 20, 21, 59, tzinfo=UTC))
        in_use(acme, both, at=datetime(2026, 9, 20, 22, 0, tzinfo=UTC))
        late = datetime(2026, 10, 21, 22, 0, tzinfo=UTC)
        assert what_counts(acme, date(2026, 10, 5)) == [(1, True)], "fixed at midnight, ten days before"
        assert what_counts(acme, date(2026, 11, 5)) == [(2, True)]
        assert what_counts(acme, date(2026, 11, 5), now=late - timedelta(seconds=1)) == [(2, False)]

    def it_keeps_what_a_newer_version_does_not_name(self, acme: BrandCard) -> None:
        make_queue(acme)
        make_queue(acme, "Delivery")
        in_use(acme, "2026-12-05,09:00,Orders,10\n2026-12-05,09:00,Delivery,10\n", at=hour(3))
        in_use(acme, "2026-12-05,09:00,Orders,12\n", at=hour(2))
        assert sorted(what_counts(acme, date(2026, 12, 5))) == [(1, False), (2, False)]

    def it_never_counts_what_was_known_afterwards(self, acme: BrandCard) -> None:
        make_queue(acme)
        in_use(acme, "2026-11-18,09:00,Orders,10\n2026-11-19,09:00,Orders,10\n", at=NOON)
        assert what_counts(acme, TODAY) == []
        assert what_counts(acme, TODAY + timedelta(days=1)) == [(1, False)]

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"lock_days": "91"}, "less than or equal to 90"),
            ({"over_share": "-1"}, "greater than or equal to 0"),
            ({"from_month": "2026-11-01"}, "Select a valid choice"),
            ({"lock_days": "20"}, "would be fixed since 11 November 2026"),
        ],
    )
    def it_is_agreed_by_the_operator_for_months_to_come(
        self, signed: Signed, op: Actor, acme: BrandCard, globex: BrandCard, more: dict[str, str], words: str
    ) -> None:
        olu = signed(op)
        form = {"key": str(uuid4()), "lock_days": "10", "over_share": "20", "from_month": "2026-12-01"}
        refused = olu.post(CONSOLE, form | more)
        assert refused.status_code == 422
        assert words in refused.content.decode()
        for _again in range(2):
            assert olu.post(CONSOLE, form).status_code == 302
        with tenant_scope(acme, TESTS):
            [row] = ForecastTerms.objects.all()
        assert (row.lock_days, row.over_share, row.from_month) == (10, 20, date(2026, 12, 1))
        assert AuditRow.objects.filter(verb="forecast.agreed", brand_id=acme.id).count() == 1


def day_of_contacts(card: BrandCard) -> None:
    """From nine to eleven: 2, 1, 0 and 4 in half hours; one of the test kind, one of nobody's interval."""
    for back in (3.0, 2.9, 2.4, 1.4, 1.3, 1.2, 1.1):
        contact(card, at=hour(back))
    contact(card, at=hour(2.8), is_test=True)
    contact(card, at=hour(0.2))


HALVES = "".join(
    f"2026-11-18,{at},{{name}},{count}\n"
    for at, count in (("09:00", 2), ("09:30", 2), ("10:00", 1), ("10:30", 2))
)


class DescribeComparing:
    def it_puts_it_beside_what_came_in(self, lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
        day_of_contacts(acme)
        contact(globex, at=hour(3))
        name = queue_name(acme)
        in_use(acme, HALVES.format(name=name), at=hour(30))
        html = page(lena, acme, f"{PATH}?days=1").content.decode()
        said = words(html)
        assert f"{name} 7 7 ±0 57.1% 50.0%" in said, "errors 0, 1, 1, 2 of 7; 0, 100 and 50 per cent"
        assert "FC.WAPE@1" in said
        assert "1 contact came in where nothing was forecast" in said
        link = html.partition(f"{name}</bdi></a>")[0].rpartition('href="')[2].partition('"')[0]
        one = page(lena, acme, PATH + link.replace("&amp;", "&")).content.decode()
        assert "Wed 18 Nov, 10:30 2 4 +2 50.0%" in words(one)
        assert "Wed 18 Nov, 10:00 1 0 −1 –" in words(one)
        rows_behind = one.partition("10:30</th>")[2].partition('href="')[2].partition('"')[0]
        behind = page(lena, acme, rows_behind.replace("&amp;", "&"))
        assert behind.content.decode().count("/report/conversations/") == 4

    def it_is_a_number_of_the_catalogue(self, lena: Browser, acme: BrandCard, globex: BrandCard) -> None:
        day_of_contacts(acme)
        assert value(text_of(lena, acme, f"{METRICS}?days=1"), "fc-wape") == "–", "nothing is forecast"
        in_use(acme, HALVES.format(name=queue_name(acme)), at=hour(30))
        html = text_of(lena, acme, f"{METRICS}?days=1")
        assert (value(html, "fc-wape"), value(html, "fc-mape")) == ("57.1%", "50.0%")
        assert "4 of 7" in html
        assert "over 3 intervals" in html
        assert f'href="{PATH}?days=1"' in html
        make_person("cy@example.test", (Role.MANAGER, globex), name="Cy")
        theirs = text_of(signed_in("cy@example.test", globex), globex, f"{METRICS}?days=1")
        assert value(theirs, "fc-wape") == "–"

    def it_says_when_there_is_none(self, lena: Browser, acme: BrandCard) -> None:
        assert "No forecast for these days" in words(page(lena, acme, PATH).content.decode())

    def it_costs_the_same_with_many_versions(self, lena: Browser, acme: BrandCard) -> None:
        day_of_contacts(acme)
        in_use(acme, HALVES.format(name=queue_name(acme)), at=hour(30))
        page(lena, acme, f"{PATH}?days=1")
        few = counted(lambda: page(lena, acme, f"{PATH}?days=1"))
        for n in range(3):
            in_use(acme, HALVES.format(name=queue_name(acme)), at=hour(29 - n))
        assert counted(lambda: page(lena, acme, f"{PATH}?days=1")) == few
        check("portal: forecast", few)


def queue_name(card: BrandCard) -> str:
    with tenant_scope(card, TESTS):
        return str(make_inbox_once().queue.name)


class DescribeOverruns:
    @pytest.fixture
    def olu(self, signed: Signed, op: Actor) -> Browser:
        return signed(op)

    @pytest.fixture
    def agreed(self, acme: BrandCard) -> BrandCard:
        """20 % over the forecast is agreed; more came in from 10:30 to 11:00."""
        day_of_contacts(acme)
        terms(acme, at=datetime(2026, 9, 1, tzinfo=UTC), month=date(2026, 11, 1))
        in_use(acme, HALVES.format(name=queue_name(acme)), at=datetime(2026, 10, 1, tzinfo=UTC))
        return acme

    def it_is_found_and_proposed_by_one_click(self, olu: Browser, lena: Browser, agreed: BrandCard) -> None:
        html = olu.get(f"{CONSOLE}?days=1").content.decode()
        said = words(html)
        assert "4 came in against 2 forecast, up to 20% more was agreed." in said
        form = {
            name: html.partition("/forecast/overruns/")[2]
            .partition(f'name="{name}" value="')[2]
            .partition('"')[0]
            for name in ("key", "queue_id", "start", "end")
        }
        for _again in range(2):
            assert olu.post(f"{CONSOLE}overruns/?days=1", form).status_code == 302
        with tenant_scope(agreed, TESTS):
            [row] = Exclusion.objects.all()
        assert (row.cause, row.started_at, row.ended_at) == ("overrun", hour(1.5), hour(1))
        assert row.measured == {"offered": 4, "agreed": 200, "share": 20, "version": 1}
        assert "More than forecast: Proposed" in words(olu.get(f"{CONSOLE}?days=1").content.decode())
        report = words(page(lena, agreed, "/report/?days=1").content.decode())
        assert "4 came in against 2 forecast" in report
        assert "Version 1 of the forecast" in report

    def it_is_not_where_nothing_is_agreed(self, olu: Browser, acme: BrandCard) -> None:
        day_of_contacts(acme)
        in_use(acme, HALVES.format(name=queue_name(acme)), at=hour(30))
        said = words(olu.get(f"{CONSOLE}?days=1").content.decode())
        assert "November 2026: nothing is agreed about its forecast, so no overrun can be judged." in said
        assert "Propose to leave it out" not in said
        form = {
            "key": str(uuid4()), "queue_id": str(orders(acme)), "start": str(int(hour(1.5).timestamp())),
            "end": str(int(hour(1).timestamp())),
        }  # fmt: skip
        olu.post(f"{CONSOLE}overruns/?days=1", form)
        assert "nothing is agreed about its forecast" in olu.get(CONSOLE).content.decode()
        with tenant_scope(acme, TESTS):
            assert not Exclusion.objects.exists()

    @pytest.mark.parametrize(
        ("start", "end", "reason"),
        [
            (3.0, 2.5, "Not more came in then than agreed"),
            (1.5, 1.25, "The overrun goes on around that time"),
            (27.0, 26.5, "No forecast of 17 November 2026"),
        ],
    )
    def it_is_counted_again_before(
        self, olu: Browser, agreed: BrandCard, start: float, end: float, reason: str
    ) -> None:
        form = {
            "key": str(uuid4()), "queue_id": str(orders(agreed)), "start": str(int(hour(start).timestamp())),
            "end": str(int(hour(end).timestamp())),
        }  # fmt: skip
        olu.post(f"{CONSOLE}overruns/?days=1", form)
        assert reason in olu.get(CONSOLE).content.decode()
        assert olu.post(f"{CONSOLE}overruns/", form | {"queue_id": "999999"}).status_code == 404
        assert olu.post(f"{CONSOLE}overruns/", form | {"start": "x"}).status_code == 404
        with tenant_scope(agreed, TESTS):
            assert not Exclusion.objects.exists()

    def it_stands_among_the_causes_of_a_miss(self, lena: Browser, agreed: BrandCard) -> None:
        promise(agreed)
        for back in (1.45, 1.35, 1.25):
            contact(agreed, at=hour(back), answered=300)
        said = words(page(lena, agreed, "/report/?days=1").content.decode())
        assert "7 came in against 2 forecast, up to 20% more was agreed" in said
        assert said.index("Where it was missed most") < said.index("7 came in against 2 forecast")

    def it_is_hidden_from_strangers(self, signed: Signed, agreed: BrandCard, globex: BrandCard) -> None:
        for seats in ([(Role.SUPERVISOR, agreed)], []):
            stranger = signed(make_person(f"s{len(seats)}@example.test", *seats))
            assert stranger.get(CONSOLE).status_code == 404
            assert stranger.post(CONSOLE, {}).status_code == 404
            assert stranger.post(f"{CONSOLE}overruns/", {}).status_code == 404

    def it_costs_the_same_with_many_overruns(self, olu: Browser, agreed: BrandCard) -> None:
        olu.get(f"{CONSOLE}?days=1")
        check("console: forecast", counted(lambda: olu.get(f"{CONSOLE}?days=1")))
