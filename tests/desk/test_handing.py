"""Handing a conversation over, giving a colleague's away, and taking from the line, at the desk."""

from typing import Any
from uuid import UUID, uuid4

from accounts.actor import Actor
from accounts.choices import Role
from interactions import actions
from interactions.models import Queue
from routing.models import QueuePlan
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tenants.scope import tenant_scope
from tests.desk.conftest import Day, Desk, Sign
from tests.factories import TESTS, make_agent


def returns(client: BrandCard) -> Queue:
    with tenant_scope(client, TESTS):
        return actions.save_queue(name="Returns", target_seconds=40, wrap_up_seconds=60, units=20)


def sent(to: object, words: str = "They want a refund", **more: Any) -> dict[str, Any]:
    return {"to": str(to), "words": words, "client_id": str(uuid4())} | more


def path(ref: UUID, act: str = "transfer") -> str:
    return f"/desk/acme/{ref}/{act}/"


class DescribeHandingOver:
    def it_offers_the_brands_queues_and_colleagues_with_how_they_are(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        returns(acme)
        dee = make_agent("dee@example.test", acme, name="Dee Holm")
        make_agent("far@example.test", globex, name="Far Away")
        dialog = desk.part(path(ref)).content.decode()
        assert "<dialog" in dialog
        assert all(words in dialog for words in ("Orders", "Returns", "where it is now", "Dee Holm"))
        assert f'value="a{dee.user_id}" required disabled' in dialog
        assert "Far Away" not in dialog
        assert f'value="a{working.user_id}"' not in dialog
        waits = desk.part(f"{path(ref)}?waits=1").content.decode()
        assert 'hx-swap-oob="true"' in waits
        assert "<form" not in waits
        page = desk.get(path(ref)).content.decode()
        assert "<dialog" not in page
        assert "<form" in page

    def it_hands_over_to_a_queue_and_goes_on(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref, following = day.has(working, acme), day.has(working, acme, "And me?")
        queue = returns(acme)
        done = desk.act(path(ref), sent(f"q{queue.pk}"))
        assert (done.status_code, done["X-Path"]) == (200, f"/desk/acme/{following}/")
        row = day.row(acme, ref)
        assert (row.state, row.queue_id, row.agent_id) == ("queued", queue.pk, None)
        assert day.bodies(acme, ref, "note") == ["They want a refund"]
        assert "Handed over to" in desk.get(f"/desk/acme/{ref}/").content.decode()

    def it_keeps_the_note_when_they_cannot_be_asked(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        dee = make_agent("dee@example.test", acme, name="Dee Holm")
        again = desk.act(path(ref), sent(f"a{dee.user_id}"))
        assert (again.status_code, again["HX-Retarget"]) == (409, "#asked")
        assert "It stays with you" in again.content.decode()
        assert "They want a refund" in again.content.decode()
        assert day.row(acme, ref).agent_id == working.user_id
        page = desk.post(path(ref), sent(f"a{dee.user_id}"))
        assert page.status_code == 409
        assert "They want a refund" in page.content.decode()

    def it_wants_a_note_and_somewhere_to_go(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref, queue = day.has(working, acme), returns(acme)
        for form in (sent(f"q{queue.pk}", words=" "), sent(""), sent("x1"), sent("q" + "9" * 30)):
            assert desk.act(path(ref), form).status_code == 422
        assert day.row(acme, ref).state == "active"

    def it_never_hands_over_to_another_brand(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        ref, far = day.has(working, acme), make_agent("far@example.test", globex, name="Far Away")
        day.at_work(far)
        with tenant_scope(globex, TESTS):
            strange = actions.save_queue(name="Strange", target_seconds=40, wrap_up_seconds=60)
            for _more in range(3):
                strange = actions.save_queue(name="Strange", target_seconds=40, wrap_up_seconds=60)
        for to in (f"a{far.user_id}", f"q{strange.pk + 1000}"):
            assert desk.act(path(ref), sent(to)).status_code == 409
        assert day.row(acme, ref).agent_id == working.user_id


class DescribeGivingAway:
    def it_is_for_who_may_and_written_down(
        self, day: Day, working: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref, queue = day.has(working, acme), returns(acme)
        lead = sign_in(make_agent("li@example.test", acme, name="Li Wei", seats=((Role.LEAD, acme),)))
        assert "Give to somebody" in lead.get(f"/desk/acme/{ref}/").content.decode()
        assert "in the audit trail" in lead.part(path(ref, "assign")).content.decode()
        assert lead.act(path(ref, "assign"), sent(f"q{queue.pk}", words=" ")).status_code == 422
        assert lead.act(path(ref, "assign"), sent(f"q{queue.pk}", words="Ada is ill")).status_code == 200
        assert (day.row(acme, ref).state, day.row(acme, ref).queue_id) == ("queued", queue.pk)
        assert AuditRow.objects.get(verb="conversation.reassigned").reason == "Ada is ill"

    def it_is_not_there_for_agents(self, day: Day, working: Actor, acme: BrandCard, sign_in: Sign) -> None:
        ref = day.has(working, acme)
        dee = sign_in(make_agent("dee@example.test", acme, name="Dee Holm"))
        assert "Give to somebody" not in dee.get(f"/desk/acme/{ref}/").content.decode()
        assert "Give to somebody" not in dee.part(f"/desk/acme/{ref}/").content.decode()
        assert dee.part(path(ref, "assign")).status_code == 404
        assert dee.act(path(ref, "assign"), sent("q1")).status_code == 404
        assert day.row(acme, ref).agent_id == working.user_id

    def it_does_not_reach_another_brand(
        self, day: Day, working: Actor, acme: BrandCard, globex: BrandCard, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme)
        lead = make_agent("li@example.test", globex, name="Li Wei", seats=((Role.LEAD, globex),))
        assert sign_in(lead).act(path(ref, "assign"), sent("q1")).status_code == 404


class DescribeTheLine:
    def it_is_offered_where_a_queue_allows_it(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        assert "Take from the line" not in desk.get("/desk/").content.decode()
        ref = day.writes(acme, name="Rui Fonseca")
        day.writes(globex, name="Nadia Haddad")
        QueuePlan.objects.filter(brand_id=acme.id).update(pull_allowed=True)
        assert "Take from the line" in desk.get("/desk/").content.decode()
        dialog = desk.part("/desk/line/").content.decode()
        assert "Rui Fonseca" in dialog
        assert "Nadia Haddad" not in dialog
        done = desk.act(path(ref, "pull"))
        assert (done.status_code, done["X-Path"]) == (200, f"/desk/acme/{ref}/")
        assert day.row(acme, ref).agent_id == working.user_id
        assert "Nobody waits" in desk.get("/desk/line/").content.decode()
        assert desk.act(path(ref, "pull")).status_code == 404

    def it_shows_nothing_of_brands_that_are_not_the_agents(
        self, day: Day, acme: BrandCard, globex: BrandCard, sign_in: Sign, outsider: Actor
    ) -> None:
        day.writes(acme, name="Rui Fonseca")
        QueuePlan.objects.update(pull_allowed=True)
        elsewhere = sign_in(make_agent("eve@example.test", globex, name="Eve Doe"))
        assert "Rui Fonseca" not in elsewhere.get("/desk/line/").content.decode()
        assert sign_in(outsider).get("/desk/line/").status_code == 404
