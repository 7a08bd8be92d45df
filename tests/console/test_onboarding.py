"""The wizard over HTTP, without scripts: steps that keep what is good, say what is not, and lead on."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.models import Membership
from interactions.models import Interaction
from tenants.cards import BrandCard, card_by_slug
from tenants.choices import BrandState
from tenants.models import Brand
from tenants.onboarding.access import get_draft
from tenants.onboarding.models import OnboardingDraft
from tenants.onboarding.values import DraftView
from tenants.scope import tenant_scope
from tests.accounts.conftest import Browser
from tests.console.conftest import Signed
from tests.factories import TESTS, make_agent
from tests.tenants.test_onboarding import Desk, converse
from tests.white.test_logos import bitmap

STRANGERS = ["ada", "cy", "outsider"]
BRAND = {
    "name": "Initech", "slug": "initech", "legal_name": "", "timezone": "Europe/Oslo", "locales[]": ["en"],
    "hue": "150", "tone": "dry", "tone_do": "Be brief\n\nBe kind", "tone_dont": "",
}  # fmt: skip
LINES = {
    "lines.0.name": "Orders", "lines.0.target_share": "90", "lines.0.target_seconds": "30",
    "lines.0.wrap_up_seconds": "60",
    "lines.0.chats_at_once": "2", "lines.0.when_closed": "hide", "lines.0.leave_after": "120",
    "lines.1.when_closed": "", "lines.1.name": "", "lines.1.target_seconds": "",
    "reasons": "Delivery\nReturn", "outcomes.0.label": "Solved", "outcomes.0.resolves": "on",
    "outcomes.1.label": "",
}  # fmt: skip


class Wizard:
    """An operator's browser in the wizard."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.ref = UUID(int=0)

    def begin(self, what: str = "blueprint:retail") -> Any:
        answer = self.browser.post("/clients/new/", {"begin": what})
        if answer.status_code == 302:
            self.ref = UUID(answer["Location"].split("/")[3])
        return answer

    @property
    def draft(self) -> DraftView:
        return get_draft(self.ref)

    def path(self, step: str) -> str:
        return f"/clients/new/{self.ref}/{step}/"

    def get(self, step: str, query: str = "") -> Any:
        return self.browser.get(self.path(step) + query)

    def post(self, step: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        version = more.pop("version", self.draft.version)
        return self.browser.post(self.path(step), {**(data or {}), **more, "version": version})


@pytest.fixture
def wizard(signed: Signed, op: Actor) -> Wizard:
    made = Wizard(signed(op))
    made.begin()
    return made


@pytest.fixture
def built(wizard: Wizard) -> BrandCard:
    one, two = make_agent("one@example.test"), make_agent("two@example.test")
    wizard.post("brand", BRAND)
    wizard.post("people", {"agents[]": [one.email, two.email]})
    assert wizard.post("workspace").status_code == 302
    card = card_by_slug("initech")
    assert card is not None
    return card


class DescribeBegin:
    def it_offers_blueprints_and_clients_to_copy(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        page = signed(op).get("/clients/new/").content.decode()
        assert 'value="blueprint:healthcare"' in page
        assert 'value="like:acme"' in page

    @pytest.mark.parametrize("what", ["blueprint:travel", "like:acme"])
    def it_begins_a_draft_and_leads_to_its_first_step(
        self, signed: Signed, op: Actor, acme: BrandCard, what: str
    ) -> None:
        wizard = Wizard(signed(op))
        assert wizard.begin(what)["Location"] == wizard.path("brand")
        assert wizard.get("brand").status_code == 200

    @pytest.mark.parametrize("what", ["", "blueprint:", "blueprint:x", "like:nobody", "like:é", "x:y"])
    def it_says_what_is_wanted(self, signed: Signed, op: Actor, what: str) -> None:
        answer = Wizard(signed(op)).begin(what)
        assert answer.status_code == 422
        assert "Choose what the new client begins with" in answer.content.decode()
        assert not OnboardingDraft.objects.exists()

    @pytest.mark.parametrize("who", STRANGERS)
    def it_hides_from_others(self, signed: Signed, request: pytest.FixtureRequest, who: str) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get("/clients/new/").status_code == 404
        assert browser.post("/clients/new/", {"begin": "blueprint:retail"}).status_code == 404
        assert not OnboardingDraft.objects.exists()


class DescribeStep:
    def it_keeps_what_is_good_and_leads_on(self, wizard: Wizard) -> None:
        assert wizard.post("brand", BRAND)["Location"] == wizard.path("webchat")
        assert wizard.draft.data["brand"]["tone_do"] == ["Be brief", "Be kind"]
        assert wizard.post("queues", LINES)["Location"] == wizard.path("hours")
        line = wizard.draft.data["queues"]["lines"][0]
        assert (line["name"], line["target_share"], line["target_seconds"]) == ("Orders", 90, 30)
        assert (line["when_closed"], line["leave_after"]) == ("hide", 120)
        assert "Chat for Orders: 90% are answered within 30 seconds." in wizard.get("queues").content.decode()
        assert wizard.draft.data["queues"]["outcomes"] == [
            {"label": "Solved", "resolves": True, "hard": False}
        ]

    def it_makes_a_short_name_of_the_name(self, wizard: Wizard) -> None:
        wizard.post("brand", BRAND | {"slug": "", "name": "Größe & Söhne"})
        assert wizard.draft.data["brand"]["slug"] == "groe-sohne"

    def it_shows_what_is_wrong_at_its_field_and_keeps_what_was_typed(self, wizard: Wizard) -> None:
        answer = wizard.post("brand", BRAND | {"slug": "www", "timezone": "Mars", "tone": "so dry"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "This short name is reserved." in page
        assert 'id="timezone-help"' in page
        assert 'aria-describedby="timezone-help"' in page
        assert 'value="so dry"' in page
        assert '<a href="#slug">' in page
        assert wizard.draft.saved == ()

    def it_names_the_row_that_is_wrong(self, wizard: Wizard) -> None:
        answer = wizard.post("queues", LINES | {"lines.0.target_seconds": "soon"})
        assert answer.status_code == 422
        assert 'id="lines-0-target_seconds-help"' in answer.content.decode()

    def it_takes_the_usual_for_a_number_that_was_left_empty(self, wizard: Wizard) -> None:
        empty = {f"lines.0.{name}": "" for name in ("target_share", "wrap_up_seconds", "chats_at_once")}
        assert wizard.post("queues", LINES | empty).status_code == 302
        line = wizard.draft.data["queues"]["lines"][0]
        assert (line["target_share"], line["wrap_up_seconds"], line["chats_at_once"]) == (80, 120, 3)
        answer = wizard.post("queues", LINES | {"lines.0.target_seconds": ""})
        assert 'id="lines-0-target_seconds-help"' in answer.content.decode()

    @pytest.mark.parametrize(
        "junk",
        [
            {"name.0.x": "y"}, {"lines": "text"}, {"lines.x.name": "a"}, {"colour": "red"},
            {"a.b.c.d.e": "f"},
            {"name": "x" * 5000}, {"name": "\x00"}, {"lines.99999.name": "a"}, {"agents.0.1": "x"}, {},
        ],
    )  # fmt: skip
    def it_bears_any_form(self, wizard: Wizard, junk: dict[str, str]) -> None:
        for step in ("brand", "webchat", "queues", "hours", "people", "manager"):
            assert wizard.post(step, junk).status_code in {302, 422}

    def it_gives_more_rows_and_keeps_nothing(self, wizard: Wizard) -> None:
        answer = wizard.post("queues", LINES, go="more-lines")
        assert answer.status_code == 200
        assert 'name="lines.4.name"' in answer.content.decode()
        assert wizard.draft.saved == ()

    def it_tells_who_comes_from_an_older_screen(self, wizard: Wizard) -> None:
        old = wizard.draft.version
        wizard.post("brand", BRAND)
        answer = wizard.post("brand", BRAND | {"name": "Mine"}, version=old)
        assert answer.status_code == 409
        assert 'value="Mine"' in answer.content.decode()
        assert wizard.draft.name == "Initech"

    @pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
    def it_takes_no_odd_version(self, wizard: Wizard, version: str) -> None:
        assert wizard.post("brand", BRAND, version=version).status_code == 409

    def it_finds_agents_and_keeps_who_was_picked(self, wizard: Wizard, ada: Actor, bo: Actor) -> None:
        page = wizard.post("people", {"agents[]": [ada.email], "q": "bo"}, go="search").content.decode()
        assert f'value="{ada.email}" checked' in page
        assert f'value="{bo.email}"' in page
        nobody = wizard.get("people", "?q=zzz").content.decode()
        assert "Nobody of the pool fits" in nobody

    def it_refuses_whom_the_pool_does_not_have(self, wizard: Wizard, outsider: Actor) -> None:
        answer = wizard.post("people", {"agents[]": [outsider.email]})
        assert answer.status_code == 422
        assert "No agent of the pool has this address" in answer.content.decode()

    def it_knows_no_other_step_or_draft(self, wizard: Wizard) -> None:
        assert wizard.get("nonsense").status_code == 404
        assert wizard.browser.get(f"/clients/new/{uuid4()}/brand/").status_code == 404

    @pytest.mark.parametrize("who", STRANGERS)
    def it_hides_from_others(
        self, wizard: Wizard, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        for page in ("", "brand/", "workspace/", "undo/"):
            assert browser.get(f"/clients/new/{wizard.ref}/{page}").status_code == 404
        for page in ("brand/", "brand/preview/", "workspace/", "undo/"):
            data = BRAND | {"version": wizard.draft.version}
            assert browser.post(f"/clients/new/{wizard.ref}/{page}", data).status_code == 404
        assert wizard.draft.saved == ()


class DescribeLogo:
    def upload(self, wizard: Wizard, data: bytes, **more: Any) -> Any:
        return wizard.post("brand", BRAND, logo=SimpleUploadedFile("logo.png", data), **more)

    def it_is_kept_and_its_colour_offered_beside_what_was_typed(self, wizard: Wizard) -> None:
        page = self.upload(wizard, bitmap()).content.decode()
        assert 'value="Initech"' in page
        assert 'value="150" checked' in page, "the person's colour stays chosen"
        assert re.search(r'data-hue="28".*?value="28"[^>]*>\s*<span>Of the logo', page, re.DOTALL)
        [path] = set(re.findall(rf"/clients/new/{wizard.ref}/logo/\w+/", page))
        answer = wizard.browser.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert wizard.post("brand", BRAND).status_code == 302
        assert path in wizard.get("webchat").content.decode()

    def it_says_what_is_wrong_with_it_and_keeps_what_was_typed(self, wizard: Wizard) -> None:
        answer = self.upload(wizard, b"no picture")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "This is no picture we can read" in page
        assert 'value="Initech"' in page
        assert wizard.draft.logo is None
        assert self.upload(wizard, bitmap(), version=77).status_code == 409

    def it_may_be_left_out(self, wizard: Wizard) -> None:
        """A browser sends a file that was not chosen as an empty text of that name."""
        assert wizard.post("brand", BRAND, logo="").status_code == 302
        assert "logo" not in wizard.draft.data["brand"]

    def it_can_be_taken_away(self, wizard: Wizard) -> None:
        self.upload(wizard, bitmap())
        page = wizard.post("brand", BRAND, go="no-logo").content.decode()
        assert "Of the logo" not in page
        assert wizard.draft.logo is None

    @pytest.mark.parametrize("who", STRANGERS)
    def it_is_for_operators(
        self, wizard: Wizard, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        self.upload(wizard, bitmap())
        assert wizard.draft.logo
        path = f"/clients/new/{wizard.ref}/logo/{wizard.draft.logo.digest}/"
        stranger = signed(request.getfixturevalue(who))
        assert stranger.get(path).status_code == 404


class DescribePreview:
    def it_shows_what_is_being_typed_and_keeps_nothing(self, wizard: Wizard) -> None:
        typed = BRAND | {"name": "Typing…", "hue": "20"}
        page = wizard.browser.post(wizard.path("brand") + "preview/", typed).content.decode()
        assert "Typing…" in page
        assert 'data-hue="20"' in page
        assert wizard.draft.name == ""

    @pytest.mark.parametrize("junk", [{"hue": "x"}, {"hue": "9999"}, {"name.a": "b"}, {"lines": "x"}, {}])
    def it_bears_what_is_half_typed(self, wizard: Wizard, junk: dict[str, str]) -> None:
        for step in ("brand", "queues", "webchat", "people", "manager"):
            assert wizard.browser.post(wizard.path(step) + "preview/", junk).status_code == 200

    def it_refuses_get(self, wizard: Wizard) -> None:
        assert wizard.browser.get(wizard.path("brand") + "preview/").status_code == 405


class DescribeShortName:
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("slug=acme", "taken"), ("slug=admin", "reserved"), ("slug=acrne", "looks like"),
            ("slug=A b", "lower-case"), ("slug=fine", "free"), ("of=name&name=Acme", "acme-2"),
            ("of=name&name=Initech&slug=own&suggested=", 'value="own"'),
        ],
    )  # fmt: skip
    def it_says_whether_it_can_be_had(
        self, signed: Signed, op: Actor, acme: BrandCard, query: str, words: str
    ) -> None:
        answer = signed(op).get(f"/clients/new/short-name/?{query}")
        assert words in answer.content.decode()

    @pytest.mark.parametrize("who", STRANGERS)
    def it_tells_nobody_else(self, signed: Signed, request: pytest.FixtureRequest, who: str) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.get("/clients/new/short-name/?slug=acme").status_code == 404


class DescribeWorkspace:
    def it_shows_what_is_missing(self, wizard: Wizard) -> None:
        page = wizard.get("workspace").content.decode()
        assert "Not right yet" in page
        assert "<b>Time zone</b>: This field is required." in page
        assert wizard.post("workspace").status_code == 422
        assert wizard.draft.brand is None

    def it_makes_the_brand_and_leads_to_its_test(self, wizard: Wizard, built: BrandCard) -> None:
        assert built.state == BrandState.ONBOARDING
        assert wizard.get("workspace")["Location"] == "/clients/initech/onboarding/test/"
        assert wizard.browser.get(f"/clients/new/{wizard.ref}/")["Location"] == "/clients/initech/onboarding/"

    def it_makes_it_once_however_often_it_is_sent(self, wizard: Wizard, built: BrandCard) -> None:
        assert wizard.post("workspace").status_code == 302
        assert Brand.objects.filter(slug="initech").count() == 1

    def it_is_changed_by_its_steps_while_it_is_not_live(self, wizard: Wizard, built: BrandCard) -> None:
        assert wizard.post("brand", BRAND | {"name": "Initech Two"}).status_code == 302
        changed = card_by_slug("initech")
        assert changed is not None
        assert changed.name == "Initech Two"
        assert wizard.post("brand", BRAND | {"slug": "other"}).status_code == 422

    def it_resumes_where_it_was_left(self, wizard: Wizard) -> None:
        assert wizard.browser.get(f"/clients/new/{wizard.ref}/")["Location"] == wizard.path("brand")
        wizard.post("brand", BRAND)
        assert wizard.browser.get(f"/clients/new/{wizard.ref}/")["Location"] == wizard.path("webchat")


class DescribeUndo:
    def it_asks_first(self, wizard: Wizard, built: BrandCard) -> None:
        assert "cannot be brought back" in wizard.get("undo").content.decode()
        assert card_by_slug("initech") is not None

    def it_takes_everything_back(self, wizard: Wizard, built: BrandCard) -> None:
        assert wizard.post("undo")["Location"] == "/clients/"
        assert card_by_slug("initech") is None
        assert not Membership.objects.filter(brand_id=built.id).exists()
        assert wizard.get("brand").status_code == 404

    def it_tells_who_comes_from_an_older_screen(self, wizard: Wizard, built: BrandCard) -> None:
        assert wizard.post("undo", version=1).status_code == 409
        assert card_by_slug("initech") is not None


class DescribeGoingLive:
    def it_shows_the_checklist_with_what_mends_it(self, wizard: Wizard, built: BrandCard) -> None:
        page = wizard.browser.get("/clients/initech/onboarding/").content.decode()
        assert "No test conversation was answered yet." in page
        assert "/clients/initech/onboarding/test/" in page
        assert "data-key=" in page

    def it_does_not_open_what_is_red(self, wizard: Wizard, built: BrandCard) -> None:
        answer = wizard.browser.post("/clients/initech/onboarding/live/", {"reason-manager": "later"})
        assert answer.status_code == 422
        assert "Not yet: Tested." in answer.content.decode()

    def it_opens_pauses_and_resumes(self, wizard: Wizard, built: BrandCard) -> None:
        Desk().tested(wizard.draft)
        browser = wizard.browser
        assert browser.post("/clients/initech/onboarding/live/").status_code == 422
        answer = browser.post("/clients/initech/onboarding/live/", reasons(browser))
        assert answer.status_code == 302
        assert state() == BrandState.LIVE
        assert wizard.get("undo").status_code == 404
        assert wizard.get("brand")["Location"] == "/clients/initech/onboarding/"
        assert browser.post("/clients/initech/onboarding/pause/").status_code == 302
        assert state() == BrandState.PAUSED
        assert browser.post("/clients/initech/onboarding/pause/").status_code == 409
        assert browser.post("/clients/initech/onboarding/resume/").status_code == 302
        assert state() == BrandState.LIVE

    def it_opens_softly_changes_that_and_goes_live(self, wizard: Wizard, built: BrandCard) -> None:
        Desk().tested(wizard.draft)
        browser, path = wizard.browser, "/clients/initech/onboarding/soft-launch/"
        plan = {"share": "10", "opens": "09:00", "closes": "12:00", "most_open": "3"}
        assert browser.post(path, plan | {"share": "none"} | reasons(browser)).status_code == 422
        assert browser.post(path, plan).status_code == 422
        assert state() == BrandState.ONBOARDING
        assert browser.post(path, plan | reasons(browser)).status_code == 302
        page = browser.get("/clients/initech/onboarding/").content.decode()
        assert "10% of visitors, 09:00-12:00 (Europe/Oslo), at most 3 conversations at once" in page
        assert "Soft launch · 10%" in browser.get("/clients/").content.decode()
        assert browser.post(path, plan | {"share": "50"}).status_code == 302
        assert browser.post("/clients/initech/onboarding/pause/").status_code == 302
        assert (
            "goes back to the soft launch: 50%"
            in browser.get("/clients/initech/onboarding/").content.decode()
        )
        assert browser.post("/clients/initech/onboarding/resume/").status_code == 302
        assert state() == BrandState.SOFT
        assert browser.post("/clients/initech/onboarding/live/", reasons(browser)).status_code == 302
        assert state() == BrandState.LIVE

    def it_shows_what_is_wrong_with_a_soft_launch_and_keeps_what_was_typed(
        self, wizard: Wizard, built: BrandCard
    ) -> None:
        answer = wizard.browser.post(
            "/clients/initech/onboarding/soft-launch/", {"share": "12", "opens": "9", "closes": ""}
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="opens-help"' in page
        assert "Write the time like 08:30." in page
        assert 'value="12"' in page

    def it_changes_nothing_by_get(self, wizard: Wizard, built: BrandCard) -> None:
        for act in ("live", "soft-launch", "pause", "resume"):
            assert wizard.browser.get(f"/clients/initech/onboarding/{act}/").status_code == 405

    def it_serves_a_client_that_no_wizard_made(self, signed: Signed, op: Actor, acme: BrandCard) -> None:
        assert signed(op).get("/clients/acme/onboarding/").status_code == 200
        assert signed(op).get("/clients/acme/onboarding/test/").status_code == 404

    @pytest.mark.parametrize("who", STRANGERS)
    def it_hides_from_others(
        self, built: BrandCard, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        for page in ("", "test/", "test/conversations/"):
            assert browser.get(f"/clients/initech/onboarding/{page}").status_code == 404
        for act in ("live", "soft-launch", "pause", "resume"):
            assert browser.post(f"/clients/initech/onboarding/{act}/").status_code == 404
        assert state() == BrandState.ONBOARDING


class DescribeTest:
    def it_holds_the_real_chat_beside_what_becomes_of_it(self, wizard: Wizard, built: BrandCard) -> None:
        page = wizard.browser.get("/clients/initech/onboarding/test/")
        assert "http://initech.localhost:8000/w/trial/pk_" in page.content.decode()
        assert "frame-src http://initech.localhost:8000" in page["Content-Security-Policy"]
        assert "Nothing has come in yet." in page.content.decode()

    def it_turns_green_when_one_was_answered(self, wizard: Wizard, built: BrandCard, acme: BrandCard) -> None:
        Desk().tested(wizard.draft)
        part = wizard.browser.get("/clients/initech/onboarding/test/conversations/").content.decode()
        assert "A test conversation was answered." in part
        other = wizard.browser.get("/clients/acme/onboarding/test/conversations/").content.decode()
        assert "Nothing has come in yet." in other


def reasons(browser: Browser) -> dict[str, str]:
    rows = browser.get("/clients/initech/onboarding/").context["rows"]
    return {f"reason-{row['line'].name}": "on Monday" for row in rows if row["line"].state == "warn"}


def state() -> str:
    return str(Brand.objects.get(slug="initech").state)


class DescribeSandbox:
    @pytest.fixture
    def sandbox(self, wizard: Wizard) -> BrandCard:
        wizard.browser.post("/clients/new/", {"begin": "blueprint:retail", "sandbox": "1"})
        ref = OnboardingDraft.objects.latest("pk").ref
        browser = wizard.browser
        browser.post(
            f"/clients/new/{ref}/brand/", BRAND | {"slug": "school", "name": "School", "version": "1"}
        )
        browser.post(f"/clients/new/{ref}/workspace/", {"version": "2"})
        card = card_by_slug("school")
        assert card is not None
        return card

    def it_is_marked_and_offers_no_way_to_the_public(self, wizard: Wizard, sandbox: BrandCard) -> None:
        page = wizard.browser.get("/clients/school/onboarding/").content.decode()
        assert "A sandbox for training" in page
        assert "Go live" not in page.replace("Going live", "")
        assert "Begin the soft launch" not in page
        assert "Sandbox" in wizard.browser.get("/clients/").content.decode()
        for act in ("live", "soft-launch"):
            answer = wizard.browser.post(f"/clients/school/onboarding/{act}/", {"share": "10"})
            assert answer.status_code == 422
        assert Brand.objects.get(slug="school").state == BrandState.ONBOARDING

    def it_is_made_anew_after_asking(self, wizard: Wizard, sandbox: BrandCard) -> None:
        with tenant_scope(sandbox, TESTS):
            converse(is_test=True)
        page = wizard.browser.get("/clients/school/onboarding/reset/").content.decode()
        assert "cannot be brought back" in page
        assert wizard.browser.post("/clients/school/onboarding/reset/").status_code == 302
        card = card_by_slug("school")
        assert card is not None
        assert card.id != sandbox.id
        with tenant_scope(card, TESTS):
            assert not Interaction.objects.exists()

    def it_is_no_way_into_a_client(self, wizard: Wizard, built: BrandCard, acme: BrandCard) -> None:
        for slug in ("acme", "initech", "nobody"):
            assert wizard.browser.get(f"/clients/{slug}/onboarding/reset/").status_code == 404
            assert wizard.browser.post(f"/clients/{slug}/onboarding/reset/").status_code == 404
        assert card_by_slug("acme") == acme

    @pytest.mark.parametrize("who", STRANGERS)
    def it_hides_from_others(
        self, sandbox: BrandCard, signed: Signed, request: pytest.FixtureRequest, who: str
    ) -> None:
        browser = signed(request.getfixturevalue(who))
        assert browser.post("/clients/school/onboarding/reset/").status_code == 404
        assert card_by_slug("school") == sandbox
