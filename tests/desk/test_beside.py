"""Asking a colleague at the desk: the offer, who sees what, the transfer completed, kept, or both staying."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actor import Actor
from accounts.choices import Role
from core import clock
from interactions.actions import Target
from interactions.queries import participants_of
from routing.actions import accept_offer, ask_consult
from routing.models import Offer
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.factories import TESTS, make_agent


@pytest.fixture
def dee(day: Day, acme: BrandCard, globex: BrandCard) -> Actor:
    """A colleague of Ada's, at work."""
    made = make_agent("dee@example.test", acme, globex, name="Dee Holm")
    day.at_work(made)
    return made


@pytest.fixture
def hers(desk: Desk, dee: Actor, sign_in: Sign) -> Desk:
    """Dee's browser."""
    return sign_in(dee)


def sent(to: object, words: str = "May they have it back?", **more: Any) -> dict[str, Any]:
    return {"to": str(to), "words": words, "client_id": str(uuid4())} | more


def path(ref: UUID, act: str = "consult/") -> str:
    return f"/desk/acme/{ref}/{act}"


def asks(actor: Actor, other: Actor, client: BrandCard, ref: UUID) -> None:
    ask_consult(
        ref, brand=client, actor=actor, to=Target(agent_id=other.user_id), note="May they?",
        client_id=uuid4(), now=clock.now(),
    )  # fmt: skip


def comes(actor: Actor) -> None:
    offer = Offer.objects.pending().get(agent_id=actor.user_id)
    accept_offer(offer.ref, actor=actor, now=clock.now())


def place(client: BrandCard, ref: UUID) -> UUID:
    with tenant_scope(client, TESTS):
        return participants_of(ref)[0].ref


def reading_along(day: Day, ada: Actor, dee: Actor, acme: BrandCard) -> UUID:
    ref = day.has(ada, acme)
    asks(ada, dee, acme, ref)
    comes(dee)
    return ref


def text(desk: Desk, where: str) -> str:
    return desk.get(where).content.decode()


class DescribeAsking:
    def it_offers_the_same_directory_as_handing_over(
        self, desk: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        make_agent("far@example.test", globex, name="Far Away")
        dialog = desk.part(path(ref)).content.decode()
        assert all(words in dialog for words in ("<dialog", "Ask a colleague", "Orders", "Dee Holm"))
        assert "Far Away" not in dialog
        assert "<form" in text(desk, path(ref))

    def it_rings_as_a_consult_and_opens_the_conversation_to_read_along(
        self, desk: Desk, hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme, "My tent leaks")
        done = desk.act(path(ref), sent(f"a{dee.user_id}"))
        assert done.status_code == 200
        assert all(
            words in done.content.decode() for words in ("Dee Holm", "Asked, no answer yet", "Take back")
        )
        card = text(hers, "/desk/")
        assert all(words in card for words in ("Consult from <bdi>Ada Berg</bdi>", "May they have it back?"))
        assert "My tent leaks" not in card
        offer = Offer.objects.pending().get(agent_id=dee.user_id)
        opened = hers.act(f"/offers/{offer.ref}/acceptance/").content.decode()
        assert all(words in opened for words in ("My tent leaks", "The customer does not know of you"))
        assert f'action="/desk/acme/{ref}/replies/"' not in opened
        assert 'data-state="consulting"' in opened
        assert "With Ada" in text(hers, "/desk/")
        note = {"ref": ref, "brand": "acme", "client_id": uuid4(), "body": "They may", "last_seq": 9}
        assert hers.script(path(ref, "notes/"), note).status_code == 201
        mine = text(desk, path(ref, ""))
        assert all(words in mine for words in ("They may", "note consult", "Dee reads along", "Bring in"))

    def it_wants_a_question_and_somebody(
        self, desk: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        assert desk.act(path(ref), sent(f"a{dee.user_id}", " ")).status_code == 422
        assert desk.act(path(ref), sent("x")).status_code == 422
        far = make_agent("far@example.test", acme, name="Far Away")
        again = desk.act(path(ref), sent(f"a{far.user_id}"))
        assert (again.status_code, "May they have it back?" in again.content.decode()) == (409, True)

    def it_is_absent_for_strangers_and_other_clients(
        self, desk: Desk, day: Day, working: Actor, dee: Actor, cy: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref = reading_along(day, working, dee, acme)
        one = place(acme, ref)
        zoe = make_agent("zoe@example.test", acme, name="Zoe")
        acts = [f"consult/{one}/completion/", f"consult/{one}/entry/", f"consult/{one}/end/", "leaving/"]
        for actor, codes in ((cy, [404] * 4), (zoe, [409, 409, 404, 404])):
            browser = sign_in(actor)
            assert [browser.act(path(ref, act)).status_code for act in acts] == codes
        assert desk.act(f"/desk/globex/{ref}/consult/{one}/end/").status_code == 404
        assert desk.act(path(ref, f"consult/{uuid4()}/end/")).status_code == 404
        assert day.row(acme, ref).agent_id == working.user_id
        with tenant_scope(acme, TESTS):
            assert len(participants_of(ref)) == 1


class DescribeDeciding:
    def it_completes_the_transfer_and_goes_on(
        self, desk: Desk, hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = reading_along(day, working, dee, acme)
        following = day.has(working, acme, "And me?")
        done = desk.act(path(ref, f"consult/{place(acme, ref)}/completion/"))
        assert (done.status_code, done["X-Path"]) == (200, f"/desk/acme/{following}/")
        assert day.row(acme, ref).agent_id == dee.user_id
        page = text(hers, path(ref, ""))
        assert path(ref, "replies/") in page
        assert "Dee joined" in page
        assert "Ada left" in page
        assert desk.act(path(ref, "hold/")).status_code == 409

    def it_keeps_it_and_lets_the_colleague_go(
        self, desk: Desk, hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = reading_along(day, working, dee, acme)
        done = desk.act(path(ref, f"consult/{place(acme, ref)}/end/"))
        assert (done.status_code, 'id="foot"' in done.content.decode()) == (200, True)
        assert "The consult with Dee is over" in text(desk, path(ref, ""))
        assert "With Ada" not in text(hers, "/desk/")
        assert "You can read it" in text(hers, path(ref, ""))

    def it_brings_the_colleague_in_to_write_under_their_own_name(
        self, desk: Desk, hers: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = reading_along(day, working, dee, acme)
        form = {"ref": ref, "brand": "acme", "client_id": uuid4(), "body": "I am Dee", "last_seq": 9}
        assert hers.script(path(ref, "replies/"), form).status_code == 409
        desk.act(path(ref, f"consult/{place(acme, ref)}/entry/"))
        assert hers.script(path(ref, "replies/"), form).status_code == 201
        assert path(ref, "replies/") in text(hers, path(ref, ""))
        mine = text(desk, path(ref, ""))
        assert all(words in mine for words in ("Dee joined", "I am Dee", "Writes to the customer too"))
        gone = hers.act(path(ref, "leaving/"))
        assert (gone.status_code, day.row(acme, ref).places) == (200, 0)
        assert "Dee left" in text(desk, path(ref, ""))

    def it_goes_without_scripts(
        self, desk: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        assert desk.post(path(ref), sent(f"a{dee.user_id}")).status_code == 303
        comes(dee)
        assert desk.post(path(ref, f"consult/{place(acme, ref)}/entry/")).status_code == 303
        assert desk.post(path(ref, f"consult/{place(acme, ref)}/completion/")).status_code == 303
        assert day.row(acme, ref).agent_id == dee.user_id


class DescribeLeading:
    def it_takes_somebody_out_for_a_reason(
        self, desk: Desk, day: Day, working: Actor, dee: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref = reading_along(day, working, dee, acme)
        where = path(ref, f"consult/{place(acme, ref)}/removal/")
        lee = make_agent("lee@example.test", acme, seats=((Role.LEAD, acme),), name="Lee Foxglove")
        lead = sign_in(lee)
        assert "Take out" in text(lead, path(ref, ""))
        assert "Dee" in lead.part(where).content.decode()
        assert lead.act(where, {"words": ""}).status_code == 422
        assert lead.act(where, {"words": "Needed elsewhere"}).status_code == 200
        row = AuditRow.objects.get(verb="conversation.participant_removed")
        assert (row.brand_id, row.reason) == (acme.id, "Needed elsewhere")
        assert day.row(acme, ref).places == 0
        assert desk.act(where, {"words": "Not for agents"}).status_code == 404
