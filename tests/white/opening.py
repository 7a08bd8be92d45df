"""How each registered address is opened: by whom, with what, in the states that have pages of their own.

The keys are the routes of the URL confs; each opener yields (what it is, the answer).
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.test import RequestFactory
from django.utils.translation import get_language
from django.views.csrf import csrf_failure

from accounts.actions import grant_membership, revoke_membership
from accounts.choices import Role
from accounts.keys.actions import create_key
from accounts.keys.scopes import scopes_for
from accounts.models import Invitation, Membership, User
from core import clock, views
from core.ids import new_ref
from interactions import actions as interactions
from interactions.models import (
    ChangeRequest,
    ClientRequest,
    Interaction,
    Queue,
    RequestFile,
    RequestTurn,
    VisitorBlock,
)
from interactions.values import Estimate
from reporting import actions as reports
from reporting.actions import forecasts
from reporting.actions.issuing import issue_report
from reporting.actions.links import make_link
from reporting.choices import AgentNames, Span
from reporting.issued.document import Asked
from reporting.issued.models import IssuedReport
from reporting.labour.models import LabourMinutes
from reporting.models import Clause, Exclusion
from reporting.periods import of_calendar
from reporting.sending.models import PlanReader, ReportLink, ReportMail, ReportPlan
from tenants import cards
from tenants.cards import card_by_id
from tenants.choices import BrandState
from tenants.mail.choices import MailState
from tenants.mail.models import SystemMail
from tenants.models import Brand, ClientGroup
from tenants.scope import labour_scope, tenant_scope
from tests.accounts.conftest import Browser
from tests.factories import PASSWORD, TESTS, make_person
from tests.interactions.conftest import first_message
from tests.white import securing
from tests.white.conftest import PROVIDER, Client

Answers = Iterator[tuple[str, Any]]
Opener = Callable[[Client], Answers]


def pages(*paths: str, visitor: bool = False, host: str = "") -> Opener:
    """Return an opener of these paths; `{slug}`, `{talk}`, `{mail}` and `{token}` are the client's."""

    def opened(client: Client) -> Answers:
        for path in paths:
            at = path.format(slug=client.card.slug, talk=client.talk, mail=client.mail, token=client.token)
            yield at, client.asked(at, as_visitor=visitor, host=host)

    return opened


def session(client: Client) -> Answers:
    body, origin = json.dumps({"key": f"pk_{client.card.slug}"}), f"http://{client.host}"
    for name, headers in (("token", {"origin": origin}), ("refused", {"origin": "http://x.example"})):
        headers["host"] = client.host
        yield name, Browser().post("/w/session/", body, content_type="application/json", headers=headers)


def panel(client: Client) -> Answers:
    path = f"/w/panel/pk_{client.card.slug}/"
    yield from pages(f"{path}?lang=sv", f"{path}?lang=en", visitor=True)(client)
    Brand.objects.filter(pk=client.card.id).update(state=BrandState.PAUSED)
    yield "paused", client.asked(path, as_visitor=True)
    Brand.objects.filter(pk=client.card.id).update(state=BrandState.LIVE)


def picture(client: Client) -> Answers:
    card = card_by_id(client.card.id)
    yield "logo", client.asked(f"/t/logo/{card.logo if card else ''}/", as_visitor=True)


def enter(client: Client) -> Answers:
    yield "spent", client.asked("/enter/guessed/", as_visitor=True)
    there = client.asked(client.seats, host=PROVIDER)
    yield "handed on", there
    yield "entered", client.manager.at(there["Location"])


def leave(client: Client) -> Answers:
    browser = Browser()
    browser.follow(browser.sign_in(client.email, following=client.seats))
    yield "left", browser.post("/leave/", headers={"host": client.host})


def lift(client: Client) -> Answers:
    yield "absent", client.asked(f"/blocks/{new_ref()}/lift/", {})
    with tenant_scope(client.card, TESTS):
        now, talk = clock.now(), Interaction.objects.get(ref=client.talk)
        block = VisitorBlock.objects.create(
            interaction=talk, token_digest=str(client.talk), reason="threats", blocked_by=1, created_at=now,
            address_until=now,
        )  # fmt: skip
    yield "listed", client.asked("/blocks/")
    yield "lifted", client.asked(f"/blocks/{block.ref}/lift/", {})


def chain(client: Client) -> Answers:
    yield "document", client.asked("/audit/chain/", {})


def sign_in(client: Client) -> Answers:
    browser, host = Browser(), {"host": PROVIDER}
    data = {"login": client.email, "password": "wrong", "next": client.seats}
    path = f"{settings.LOGIN_URL}?next=/handoff/{client.card.slug}/"
    yield "page", browser.get(path, headers=host)
    yield "refused", browser.post(settings.LOGIN_URL, data, headers=host)
    yield "taken", browser.post(settings.LOGIN_URL, data | {"password": PASSWORD}, headers=host)
    stale = RequestFactory().post(path, headers=host)
    stale.brand = stale.actor = None  # type: ignore[attr-defined]
    yield "stale form", csrf_failure(stale, REASON_BAD_ORIGIN)


def sign_out(client: Client) -> Answers:
    browser = Browser()
    browser.sign_in(client.email)
    yield "out", browser.post("/accounts/logout/", headers={"host": PROVIDER})


def ask_reset(client: Client) -> Answers:
    browser, host, path = Browser(), {"host": PROVIDER}, "/accounts/password/reset/"
    yield "page", browser.get(f"{path}?next=/handoff/{client.card.slug}/", headers=host)
    yield "bare", browser.get(path, headers=host)
    yield "no address", browser.post(path, {"email": "x", "next": client.seats}, headers=host)
    yield "asked", browser.post(path, {"email": client.email}, headers=host)


def choose(client: Client) -> Answers:
    browser, host = Browser(), {"host": PROVIDER}
    browser.post("/accounts/password/reset/", {"email": client.email}, headers=host)
    text = SystemMail.objects.filter(kind="password_reset", to=client.email).latest("pk").text
    link = next(word for word in text.split() if "/reset/key/" in word)
    page = browser.follow(browser.at(link))
    yield "page", page
    yield "unlike", browser.post(page.wsgi_request.path, {"password1": "a", "password2": "b"}, headers=host)
    yield "no link", browser.at(f"http://{PROVIDER}/accounts/password/reset/key/1-guessed/")


def errors(client: Client) -> Answers:
    """What a brand's host says when a page is not there or breaks, and a stranger's host."""
    for name in ("not_found", "forbidden", "too_many", "failed"):
        request = RequestFactory().get("/x/", headers={"host": client.host})
        request.brand, request.actor = client.card, None  # type: ignore[attr-defined]
        yield name, getattr(views, name)(request)
    stale = RequestFactory().post("/x/", headers={"host": client.host})
    stale.brand, stale.actor = client.card, None  # type: ignore[attr-defined]
    yield "stale form", csrf_failure(stale, REASON_BAD_ORIGIN)
    yield "unknown host", client.asked("/", host="nobody.example", as_visitor=True)
    yield "absent", client.asked("/nothing/")
    yield "too many", views.too_many(RequestFactory().get("/x/", headers={"host": PROVIDER}))


def api(*names: str) -> Opener:
    """Return an opener of these endpoints of the brand's API, with a key of its own and without one."""

    def opened(client: Client) -> Answers:
        brand_id = client.card.id
        made = create_key(
            "Warehouse", scopes=scopes_for(brand_id), brand_id=brand_id, actor="test", now=clock.now()
        )
        for name in names:
            for who, headers in (("key", {"authorization": f"Bearer {made.secret}"}), ("nobody", {})):
                yield (
                    f"{name} {who}",
                    Browser().get(f"/api/v1/{name}", headers={"host": client.host, **headers}),
                )

    return opened


def see_as(client: Client) -> Answers:
    """Somebody of the provider looks on as the client's manager: in the client's clothes, too."""
    email = f"op-{new_ref()}@example.test"
    make_person(email, (Role.OPERATOR, None), name="Olu Park")
    browser, host = Browser(), {"host": client.host}
    browser.sign_in(email)
    form = {"role": "manager", "reason": "a figure looks wrong"}
    there = browser.post(f"/clients/{client.card.slug}/see-as/", form, headers={"host": PROVIDER})
    yield "looking", browser.follow(there)
    yield "refused", browser.post("/report/", headers=host)
    yield "what the client reads of it", client.asked("/access/")
    yield "ended", browser.post("/see-as/end/", headers=host)


def sheet(client: Client) -> Answers:
    yield "sheet", client.asked("/access/export/", {})


def intervals(client: Client) -> Answers:
    yield "sheet", client.asked("/report/queues/export/?days=1", {})


def labour(client: Client) -> Answers:
    """With two hours of somebody who is kept for the client, and before there were any."""
    yield from pages("/report/agents-time/?span=day&on=2026-01-01")(client)
    spent = {"kind": "waiting", "share_us": 7_200_000_000, "session_us": 0, "busy_us": 0, "billable": True}
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with tenant_scope(client.card, TESTS):
        for start, more in (
            (today, {}),
            (today + timedelta(minutes=15), {"kind": "break", "reason": "break"}),
        ):
            where = {
                "interval_start": start,
                "agent_id": 1,
                "queue_id": 0,
                "pool_kind": "dedicated",
                "paid": True,
            }
            LabourMinutes.objects.get_or_create(**where, defaults=spent | more)
    yield from pages("/report/agents-time/?days=7")(client)


def labour_rows(client: Client) -> Answers:
    yield from labour(client)
    yield from pages("/report/agents-time/rows/?days=7&pool=dedicated", "/report/agents-time/rows/?reason=x")(
        client
    )


def labour_sheet(client: Client) -> Answers:
    yield from labour(client)
    yield "sheet", client.asked("/report/agents-time/export/?days=7", {})


def reasons(client: Client) -> Answers:
    """Something was closed, so the report says why customers write."""
    with tenant_scope(client.card, TESTS):
        talk, now = Interaction.objects.select_related("inbox__queue").get(ref=client.talk), clock.now()
        ref = first_message(talk.inbox, "Hello", now=now).interaction_ref
        interactions.assign(ref, agent_id=1, agent_shown="Ada", now=now)
        interactions.begin_wrap_up(ref, agent_id=1, now=now)
        interactions.force_wrap_up(ref, at_once=True, now=now)
    yield "the report with them", client.asked("/report/?days=1")
    yield "sheet", client.asked("/report/reasons/export/?days=1", {})


def file_of(path: str) -> Opener:
    """Take the file at this address along."""

    def opened(client: Client) -> Answers:
        yield path, client.asked(path, {})

    return opened


def queue(client: Client) -> Answers:
    ref = queue_ref(client)
    yield from pages(f"/report/queues/{ref}/?days=1", f"/report/hours/?days=1&queue={ref}")(client)


def queue_intervals(client: Client) -> Answers:
    yield "sheet", client.asked(f"/report/queues/{queue_ref(client)}/export/?days=1", {})


def queue_ref(client: Client) -> UUID:
    with tenant_scope(client.card, TESTS):
        return UUID(str(Queue.objects.order_by("pk").values_list("ref", flat=True)[0]))


def asked_request(client: Client) -> UUID:
    """An agent has asked the client something about the conversation."""
    with tenant_scope(client.card, TESTS):
        talk = Interaction.objects.get(ref=client.talk)
        now = clock.now()
        row: ClientRequest = ClientRequest.objects.create(
            key=new_ref(now), interaction=talk, kind="check", opened_at=now, due_at=now
        )
        RequestTurn.objects.create(
            request=row, n=1, asked_by=1, asked_shown="Ada", asked_at=now, due_at=now, question="Sent?"
        )
        return row.ref


def request(client: Client) -> Answers:
    ref = asked_request(client)
    yield "overdue", client.asked("/requests/")
    yield from pages(f"/requests/{ref}/", f"/requests/{new_ref()}/")(client)


def answer_request(client: Client) -> Answers:
    path = f"/requests/{asked_request(client)}/answer/"
    yield "nothing said", client.asked(path, {"answer": ""})
    yield "answered", client.asked(path, {"answer": "Yes"})
    yield "answered before", client.asked(path, {"answer": "No"})
    wrong = (("a.exe", b"MZ"), ("a.pdf", b"MZ"), ("a.txt", b""), ("a.txt", b" " * 6_000_000))
    for name, content in wrong:
        sent = {"answer": "See it", "files": SimpleUploadedFile(name, content)}
        yield name, client.asked(f"/requests/{asked_request(client)}/answer/", sent)


def request_file(client: Client) -> Answers:
    ref = asked_request(client)
    sent = {"answer": "See it", "files": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
    yield "sent", client.asked(f"/requests/{ref}/answer/", sent)
    yield "listed", client.asked(f"/requests/{ref}/")
    with tenant_scope(client.card, TESTS):
        kept = RequestFile.objects.latest("pk")
    for one in (kept.ref, new_ref()):
        yield "file", client.asked(f"/requests/{ref}/files/{one}/")


def group(client: Client) -> Answers:
    """A company's brands at a glance: the client's and a sister that is being set up."""
    slug = f"sister-{client.card.slug}-{str(new_ref())[-6:]}"
    with labour_scope():
        company = ClientGroup.objects.create(legal_name="Nordic Holding")
        sister = Brand.objects.create(
            slug=slug, name="A sister", schema_name=f"s_{slug}", role_name=f"r_{slug}",
            number=20_000 + int(new_ref().hex[-4:], 16), group=company,
        )  # fmt: skip
        Brand.objects.filter(pk=client.card.id).update(group=company)
        manager = User.objects.get(email=client.email)
    cards.changed()
    grant_membership(manager.pk, role=Role.MANAGER, brand_id=sister.pk, actor="test", now=clock.now())
    yield from pages("/group/", "/group/today/", "/overview/")(client)
    revoke_membership(manager.pk, role=Role.MANAGER, brand_id=sister.pk, actor="test", now=clock.now())
    with labour_scope():
        Brand.objects.filter(group=company).update(group=None)
    cards.changed()


def change(client: Client) -> Answers:
    """A change that is asked for, wrongly and well, and the list of what was asked."""
    path = "/changes/new/tone_do./"
    form = {"text": "warm", "from": "2000-01-01", "key": str(new_ref())}
    yield "form", client.asked(path)
    yield "too late", client.asked(path, form)
    yield "asked", client.asked(path, form | {"from": f"{clock.now() + timedelta(days=2):%Y-%m-%d}"})
    yield "listed", client.asked("/changes/")


def withdraw(client: Client) -> Answers:
    with tenant_scope(client.card, TESTS):
        row: ChangeRequest = ChangeRequest.objects.create(
            key=new_ref(), subject="tone_do", before={"text": ""}, proposed={"text": "warm"},
            from_day=clock.now().date(), asked_by="user:1", asked_shown="Lena", asked_at=clock.now(),
        )  # fmt: skip
    yield "withdrawn", client.asked(f"/changes/{row.ref}/withdrawal/", {})
    yield "absent", client.asked(f"/changes/{new_ref()}/withdrawal/", {})
    yield "listed", client.asked("/changes/")


def invite(client: Client) -> Answers:
    """A colleague is invited, wrongly, well and again, and stands in the list."""
    form = {"email": "new@example.test", "role": "viewer"}
    tries = {"wrong": {"email": "x"}, "invited": {}, "again": {}, "role": {"role": "agent"}}
    for name, more in tries.items():
        yield name, client.asked("/people/invitations/", form | more)
    yield "listed", client.asked("/people/")


def invitation(client: Client) -> Answers:
    list(invite(client))
    with labour_scope():
        ref = Invitation.objects.filter(brand_id=client.card.id).latest("pk").ref
    yield "sent again", client.asked(f"/people/invitations/{ref}/mails/", {})
    for name in ("withdrawn", "too late"):
        yield name, client.asked(f"/people/invitations/{ref}/withdrawal/", {})
    yield "absent", client.asked(f"/people/invitations/{new_ref()}/withdrawal/", {})
    yield "said", client.asked("/people/")


def end_seat(client: Client) -> Answers:
    """A colleague's seat ends, one's own does not."""
    vic = make_person(f"vic-{new_ref().hex[-8:]}@example.test", (Role.VIEWER, client.card))
    with labour_scope():
        seats = Membership.objects.filter(brand_id=client.card.id)
        theirs, own = seats.get(user_id=vic.user_id), seats.get(user__email=client.email)
    yield "listed", client.asked("/people/")
    for seat in (theirs, own, theirs):
        yield "ended", client.asked(f"/people/seats/{seat.pk}/revocation/", {})
        yield "said", client.asked("/people/")


def exclusion(client: Client) -> Answers:
    """The report with proposals of every state, and an answer that says too little."""
    refs = []
    for n in range(3):
        with tenant_scope(client.card, TESTS):
            now = clock.now()
            shut = reports.close_in_emergency(
                reason="Storm", shown="Op", key=new_ref(now), actor="user:1", now=now
            )
            refs.append(Exclusion.objects.get(closure_ref=shut.ref).ref)
            reports.reopen(shut.ref, actor="user:1", now=now + timedelta(minutes=n + 1))
    with tenant_scope(client.card, TESTS):
        waited_from = Interaction.objects.get(ref=client.talk).queued_at
        interactions.note_estimate(client.talk, Estimate(60, 120, 2, waited_from))
    path = "/report/exclusions/{}/answer/"
    yield "too little said", client.asked(path.format(refs[0]), {"answer": "refused"})
    yield "no answer", client.asked(path.format(refs[0]), {})
    yield "accepted", client.asked(path.format(refs[0]), {"answer": "accepted"})
    yield "answered before", client.asked(path.format(refs[0]), {"answer": "refused", "why": "No."})
    yield "refused", client.asked(path.format(refs[1]), {"answer": "refused", "why": "No."})
    yield "beside another one", client.asked(path.format(refs[2]), {"answer": "accepted"})
    yield "the report with them", client.asked("/report/?days=1")


def reversal(client: Client) -> Answers:
    """Times that were proposed with evidence, answered, answered otherwise."""
    now, zone = clock.now(), ZoneInfo(client.card.timezone)
    by: dict[str, Any] = {"zone": zone, "actor": "user:1", "now": now}
    refs = []
    with tenant_scope(client.card, TESTS):
        for n, cause in enumerate(("force", "client", "overrun"), start=1):
            said = reports.Proposal(
                cause=cause, started_at=now - timedelta(minutes=90 + n), queue_ids=[], reason="Storm",
                ended_at=now - timedelta(minutes=89 + n), evidence="Seen",
                references=f"https://example.test/{n}\n{client.talk}",
                measured={"offered": 4, "agreed": 250, "share": 20, "version": 1} if n == 3 else None,
            )  # fmt: skip
            refs.append(reports.propose_exclusion(said, key=new_ref(now), shown="Op", **by).ref)
    path, answer = "/report/exclusions/{}/reversal/", "/report/exclusions/{}/answer/"
    yield "too early", client.asked(path.format(refs[0]), {"answer": "accepted", "why": "So."})
    for ref in refs[:2]:
        yield "accepted", client.asked(answer.format(ref), {"answer": "accepted"})
    yield "no reason", client.asked(path.format(refs[0]), {"answer": "refused"})
    yield "otherwise", client.asked(path.format(refs[0]), {"answer": "refused", "why": "No."})
    with tenant_scope(client.card, TESTS):
        reports.withdraw_exclusion(refs[2], actor="user:1", now=now)
    yield "withdrawn", client.asked(answer.format(refs[2]), {"answer": "accepted"})
    yield "the report with them", client.asked("/report/?days=1")


def forecast_of(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("volume.csv", text.encode())
    return client.asked("/report/forecast/upload/", {"file": file})


def forecast(client: Client) -> Answers:
    """The page without a forecast, and with one that counts, by queue and by interval."""
    yield "none", client.asked("/report/forecast/?days=1")
    now, zone = clock.now(), ZoneInfo(client.card.timezone)
    today = now.astimezone(zone).date()
    text = f"date,hour,queue,contacts\n{today},0,{queue_ref(client)},3\n{today},23,{queue_ref(client)},3\n"
    by: dict[str, Any] = {"shown": "Lena", "actor": "user:1", "now": now - timedelta(days=40)}
    with tenant_scope(client.card, TESTS):
        forecasts.agree_forecast(
            key=new_ref(now), lock_days=1, over_share=0, from_month=today.replace(day=1), zone=zone, **by
        )
        row = forecasts.upload_forecast(
            BytesIO(text.encode()), key=new_ref(), filename="v.csv", zone=zone, **by
        )
        forecasts.use_forecast(row.ref, **by)
    yield "by queue", client.asked("/report/forecast/?days=1")
    yield "by interval", client.asked(f"/report/forecast/?days=1&queue={queue_ref(client)}")
    ahead = now + timedelta(days=100)
    yield "months to come", client.asked(f"/report/forecast/?span=month&on={ahead:%Y-%m-%d}")
    yield "months before", client.asked("/report/forecast/?span=month&on=2001-01-01")


def upload(client: Client) -> Answers:
    yield "nothing", client.asked("/report/forecast/upload/", {})
    yield "too large", forecast_of(client, "x" * (5 * 1024 * 1024 + 1))
    yield "no csv", forecast_of(client, "date,start")
    for head in ("", "date,date,start,queue,contacts", "date,volume", "date,queue,contacts"):
        yield "another file", forecast_of(client, f"{head}\n")
    yield "nothing below", forecast_of(client, "date,start,queue,contacts\n")
    yield "quotation", forecast_of(client, 'date,start,queue,contacts\n"')
    yield "no text", forecast_of(client, "date,start,queue,contacts\n\x00")
    name = queue_ref(client)
    wrong = (
        "x,09:00,{0},1", "2026-06-01,9,{0},1", "2026-06-01,09:07,{0},1", "2026-06-01,09:00,Nobody,1",
        "2026-06-01,09:00,{0},x", "2026-06-01,09:00+09:30,{0},1", "2026-03-29,02:15,{0},1",
        "2026-10-25,02:15,{0},1", "2026-06-01,09:00,{0},1", "2026-06-01,09:00,{0},1",
    )  # fmt: skip
    lines = "\n".join(["date,start,queue,contacts", *(line.format(name) for line in wrong)])
    yield "wrong lines", forecast_of(client, lines)
    yield "a wrong hour", forecast_of(client, f"date,hour,queue,contacts\n2026-06-01,24,{name},1")
    yield "another channel", forecast_of(client, f"date,hour,queue,channel,contacts\n2026-06-01,2,{name},x,1")
    yield "in order", forecast_of(client, f"date,hour,queue,contacts\n2026-06-01,2,{name},1")


def version(client: Client) -> Answers:
    """A version that is looked at, put in use, and one that is discarded."""
    for days in (3, 100, 200):
        text = (
            f"date,hour,queue,contacts\n{clock.now() + timedelta(days=days):%Y-%m-%d},0,{queue_ref(client)},3"
        )
        there = forecast_of(client, text)["Location"]
        yield "looked at", client.asked(there)
        yield "in use", client.asked(f"{there}use/", {})
        yield "again", client.asked(there)
        yield "too late", client.asked(f"{there}discard/", {})
    there = forecast_of(client, text)["Location"]
    yield "discarded", client.asked(f"{there}discard/", {})
    yield "gone", client.asked(there)
    yield "the list", client.asked("/report/forecast/")


def commitment(client: Client) -> Answers:
    """The report with what was promised, and the rows behind it."""
    now, zone = clock.now(), ZoneInfo(client.card.timezone)
    today = now.astimezone(zone).date()
    with tenant_scope(client.card, TESTS):
        refs = [
            reports.add_clause(
                key=new_ref(now), metric=metric, counted="elapsed", window="week", queue_ids=[],
                target=Decimal(target), minimum=None, weight=1, from_date=today, shown="Op", zone=zone,
                actor="user:1", now=now,
            ).ref
            for metric, target in (("SL.NEG@1", 99), ("ASA.P90@1", 1), ("AHT@1", 1))
        ]  # fmt: skip
    yield "the report with them", client.asked("/report/?days=7")
    path = f"/report/commitments/{refs[0]}/rows/"
    until = int(now.timestamp()) + 60
    yield "rows", client.asked(f"{path}?days=7&since={until - 86_400}&until={until}")
    yield "none", client.asked(path)


def issued_files(client: Client) -> Answers:
    """Two versions of a day, each as every file."""
    for ref in issued_refs(client):
        for form in ("pdf", "xlsx", "csv", "json", "png"):
            yield form, client.asked(f"/reports/{ref}/file/", {"form": form})


def issued_list(client: Client) -> Answers:
    yield "none", client.asked("/reports/")
    issued_refs(client)
    yield from pages("/reports/", "/reports/?kind=week")(client)


def issued(client: Client) -> Answers:
    one, two = issued_refs(client)
    yield from pages(f"/reports/{one}/", f"/reports/{two}/", "/reports/?kind=month")(client)


def issued_changes(client: Client) -> Answers:
    yield from pages(*(f"/reports/{ref}/changes/" for ref in issued_refs(client)))(client)


def issued_refs(client: Client) -> list[UUID]:
    """Issue a day, and a second version with other numbers."""
    now, zone = clock.now(), ZoneInfo(client.card.timezone)
    day = now.astimezone(zone).date() - timedelta(days=2)
    with tenant_scope(client.card, TESTS):
        made = IssuedReport.objects.order_by("version").values_list("ref", flat=True)
        if not made:
            asked = Asked(
                client.card, of_calendar(Span.DAY, day), zone, get_language() or "en",
                AgentNames.NUMBER, {}, "Note",
            )  # fmt: skip
            one = issue_report(asked, key=new_ref(now), shown="Op", actor="user:1", now=now)
            document = dict(one.document)
            document["tiles"] = [tile | {"t": "7", "n": "7"} for tile in document["tiles"]]
            IssuedReport.objects.create(
                key=new_ref(now), kind=one.kind, first=one.first, last=one.last, zone=one.zone,
                language=one.language, version=2, restates=one.ref, document=json.dumps(document),
                digest="0" * 64, note="Why", issued_by="user:1", issued_shown="Op", issued_at=now,
            )  # fmt: skip
        return list(made.all())


def commitment_file(client: Client) -> Answers:
    with tenant_scope(client.card, TESTS):
        ref = Clause.objects.standing().values_list("ref", flat=True)[0]
    until = int(clock.now().timestamp()) + 60
    path = f"/report/commitments/{ref}/rows/export/"
    yield "file", client.asked(f"{path}?since={until - 86_400}&until={until}", {})
    yield "none", client.asked(path, {})


def deliveries(client: Client) -> Answers:
    path = deliveries_path(client)
    yield "shown", client.asked(path)
    yield from [*mail_report(client), *mail_report_again(client), *link_report(client)]
    yield "all of it", client.asked(path)


def deliveries_path(client: Client) -> str:
    return f"/reports/{issued_refs(client)[0]}/deliveries/"


def mail_report(client: Client) -> Answers:
    form = {"mail-address": "board@example.test", "mail-key": str(new_ref())}
    yield "mailed", client.asked(f"{deliveries_path(client)}mails/", form)
    yield "wrong", client.asked(f"{deliveries_path(client)}mails/", form | {"mail-address": "x"})


def mail_report_again(client: Client) -> Answers:
    list(mail_report(client))
    with tenant_scope(client.card, TESTS):
        mail = ReportMail.objects.latest("pk")
    SystemMail.objects.filter(ref=mail.mail_ref).update(state=MailState.REFUSED, answer="550 No")
    for name in ("again", "too late"):
        yield name, client.asked(f"{deliveries_path(client)}mails/{mail.ref}/again/", {})


def link_report(client: Client) -> Answers:
    form = {"link-made_for": "X", "link-days": "7", "link-key": str(new_ref())}
    for name, more in (("made", {}), ("again", {}), ("wrong", {"link-days": "0"})):
        yield name, client.asked(f"{deliveries_path(client)}links/", form | more)


def end_report_link(client: Client) -> Answers:
    list(link_report(client))
    with tenant_scope(client.card, TESTS):
        ref = ReportLink.objects.latest("pk").ref
    yield "ended", client.asked(f"{deliveries_path(client)}links/{ref}/end/", {})
    yield "listed", client.asked(deliveries_path(client))


def report_token(client: Client) -> str:
    """Return a token that opens a report and can end mails."""
    one, now = issued_refs(client)[-1], clock.now()
    with tenant_scope(client.card, TESTS):
        plan, _made = ReportPlan.objects.get_or_create(
            kind=Span.DAY, defaults={"language": "en", "changed_at": now, "is_on": True, "since": now}
        )
        reader, _made = PlanReader.objects.get_or_create(plan=plan, address="board@example.test")
        made = make_link(
            one, key=str(new_ref()), made_for="X", reader=reader, shown="Op", actor="user:1", now=now
        )
    return made.token if made else ""


def shared(more: str) -> Opener:
    def opened(client: Client) -> Answers:
        path = f"/r/{report_token(client)}/{more}"
        yield "opened", client.asked(path, as_visitor=True)
        yield "absent", client.asked(f"/r/guessed/{more}", as_visitor=True)
        if more == "stop/":
            yield "ended", client.asked(path, {}, as_visitor=True)

    return opened


def report_plans(client: Client) -> Answers:
    yield "shown", client.asked("/reports/plans/")
    report_token(client)
    yield "on", client.asked("/reports/plans/")


PORTAL = ("/report/?days=1", "/report/?days=7")
OPENERS: dict[str, dict[str, Opener]] = {
    "brand": {
        "": pages("/"),
        "enter/<str:code>/": enter,
        "leave/": leave,
        "overview/": pages("/overview/"),
        "today/": pages("/today/"),
        "report/": pages(*PORTAL),
        "report/metrics/": pages("/report/metrics/?days=1", "/report/metrics/?days=7&clock=business"),
        "report/queues/": pages("/report/queues/?days=1", "/report/queues/?span=month&on=2026-01-01"),
        "report/queues/export/": intervals,
        "report/reasons/export/": reasons,
        "report/queues/<uuid:ref>/": queue,
        "report/queues/<uuid:ref>/export/": queue_intervals,
        "report/hours/": pages("/report/hours/?days=7", "/report/hours/?span=day&on=2001-01-01"),
        "reports/": issued_list,
        "reports/<uuid:ref>/": issued,
        "reports/<uuid:ref>/changes/": issued_changes,
        "reports/<uuid:ref>/file/": issued_files,
        "reports/plans/": report_plans,
        "reports/<uuid:ref>/deliveries/": deliveries,
        "reports/<uuid:ref>/deliveries/mails/": mail_report,
        "reports/<uuid:ref>/deliveries/mails/<uuid:mail_ref>/again/": mail_report_again,
        "reports/<uuid:ref>/deliveries/links/": link_report,
        "reports/<uuid:ref>/deliveries/links/<uuid:link_ref>/end/": end_report_link,
        "r/<str:token>/": shared(""),
        "r/<str:token>/file/": shared("file/"),
        "r/<str:token>/stop/": shared("stop/"),
        "report/agents-time/": labour,
        "report/agents-time/rows/": labour_rows,
        "report/agents-time/export/": labour_sheet,
        "report/hours/export/": file_of("/report/hours/export/?days=7"),
        "report/rows/<slug:slug>/export/": file_of("/report/rows/offered/export/?days=7"),
        "conversations/": pages("/conversations/?days=7", "/conversations/?span=day&on=2001-01-01"),
        "report/rows/<slug:slug>/": pages("/report/rows/offered/?days=7", "/report/rows/none/"),
        "report/commitments/<uuid:ref>/rows/": commitment,
        "report/commitments/<uuid:ref>/rows/export/": commitment_file,
        "report/conversations/<uuid:ref>/": pages("/report/conversations/{talk}/"),
        "audit/": pages("/audit/", "/audit/?since=x", "/audit/?who=nobody"),
        "report/exclusions/<uuid:ref>/answer/": exclusion,
        "report/exclusions/<uuid:ref>/reversal/": reversal,
        "report/forecast/": forecast,
        "report/forecast/upload/": upload,
        "report/forecast/template/": pages("/report/forecast/template/"),
        "report/forecast/<uuid:ref>/": version,
        "report/forecast/<uuid:ref>/use/": version,
        "report/forecast/<uuid:ref>/discard/": version,
        "group/": group,
        "group/today/": group,
        "people/": pages("/people/"),
        "people/invitations/": invite,
        "people/invitations/<uuid:ref>/mails/": invitation,
        "people/invitations/<uuid:ref>/withdrawal/": invitation,
        "people/seats/<int:seat_id>/revocation/": end_seat,
        "changes/": pages("/changes/"),
        "changes/new/<str:code>/": change,
        "changes/<uuid:ref>/withdrawal/": withdraw,
        "requests/": pages("/requests/", "/requests/?state=all"),
        "requests/<uuid:ref>/": request,
        "requests/<uuid:ref>/answer/": answer_request,
        "requests/<uuid:ref>/files/<uuid:file_ref>/": request_file,
        "audit/chain/": chain,
        "access/": pages("/access/"),
        "access/export/": sheet,
        "blocks/": pages("/blocks/"),
        "blocks/<uuid:ref>/lift/": lift,
        "see-as/end/": see_as,
        "audit/verify_chain.py": pages("/audit/verify_chain.py"),
        "w.js": pages("/w.js", visitor=True),
        "w/settings/<str:key>/": pages("/w/settings/pk_{slug}/", "/w/settings/x/", visitor=True),
        "w/panel/<str:key>/": panel,
        "w/trial/<str:key>/": pages("/w/trial/test_{slug}/", visitor=True),
        "w/session/": session,
        "shop/": pages("/shop/", visitor=True),
        "dev/mail/": pages("/dev/mail/", visitor=True),
        "dev/mail/<uuid:ref>/": pages("/dev/mail/{mail}/", visitor=True),
        "dev/mail/<uuid:ref>/html/": pages("/dev/mail/{mail}/html/", visitor=True),
        "healthz": pages("/healthz", visitor=True),
        "t/brand.css": pages("/t/brand.css?h=148", visitor=True),
        "t/mark.svg": pages("/t/mark.svg?t=A&h=148", visitor=True),
        "t/logo/<slug:digest>/": picture,
        "api/v1/brand/": api("brand/"),
        "api/v1/queues/": api("queues/"),
        "api/v1/calendars/": api("calendars/"),
        "api/v1/rules/": api("rules/"),
        "api/v1/targets/": api("targets/"),
        "api/v1/clocks/": api("clocks/"),
        "api/v1/conversations/": api("conversations/", "conversations/?cursor=x"),
        "api/v1/schema/": api("schema/"),
        "api/v1/^.*$": api("nothing/"),
        **securing.BRAND,
        "styleguide/": pages("/styleguide/"),
        "styleguide/<slug:sample>/": pages("/styleguide/desk/"),
    },
    "provider": {
        "": pages("/", host=PROVIDER),
        "accounts/login/": sign_in,
        "accounts/logout/": sign_out,
        "accounts/password/reset/": ask_reset,
        "accounts/password/reset/done/": pages(
            "/accounts/password/reset/done/", "/accounts/password/reset/done/?next=/handoff/{slug}/",
            visitor=True, host=PROVIDER,
        ),
        "accounts/password/reset/key/<base36:uidb36>-<str:key>/": choose,
        "accounts/password/reset/key/done/": pages(
            "/accounts/password/reset/key/done/", visitor=True, host=PROVIDER
        ),
        "invitations/<str:token>/": pages(
            "/invitations/{token}/", "/invitations/guessed/", visitor=True, host=PROVIDER
        ),
        "handoff/<slug:slug>/": pages("/handoff/{slug}/?next=/report/", host=PROVIDER),
        "clients/": pages("/clients/", host=PROVIDER),
        **securing.OPENERS,
    },
}  # fmt: skip
