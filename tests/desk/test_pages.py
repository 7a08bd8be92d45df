"""The desk and its conversations as pages."""

from accounts.actor import Actor
from tenants.cards import BrandCard
from tenants.models import AuditRow
from tests.desk.conftest import Day, Desk, Sign


def it_shows_the_work_of_both_brands(
    desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
) -> None:
    day.has(working, acme, "A pole snapped", name="Maya Lindqvist")
    day.has(working, globex, "The bill is wrong", name="Oke Adeyemi")
    page = desk.get("/desk/")
    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in ("A pole snapped", "Oke Adeyemi", "Acme Outdoor", "Globex Energy"))


def it_opens_a_conversation_by_its_address(desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
    ref = day.has(working, acme, "A pole snapped")
    page = desk.get(f"/desk/acme/{ref}/")
    text = page.content.decode()
    assert "A pole snapped" in text
    assert "Replying as" in text
    part = desk.part(f"/desk/acme/{ref}/")
    assert "<html" not in part.content.decode()
    assert 'hx-swap-oob="outerHTML"' in part.content.decode()


def it_sends_who_is_not_signed_in_to_the_sign_in(day: Day, acme: BrandCard) -> None:
    from django.test import Client

    answer = Client(headers={"host": "localhost"}).get("/desk/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fdesk%2F"


def it_is_not_there_for_strangers(day: Day, outsider: Actor, cy: Actor, sign_in: Sign) -> None:
    assert sign_in(outsider).get("/desk/").status_code == 404
    assert sign_in(cy).get("/desk/").status_code == 404


def it_hides_the_conversations_of_other_brands(
    desk: Desk, day: Day, working: Actor, bo: Actor, globex: BrandCard, acme: BrandCard, sign_in: Sign
) -> None:
    ref = day.has(working, globex)
    other = sign_in(bo)
    assert other.get(f"/desk/globex/{ref}/").status_code == 404
    assert other.get(f"/desk/acme/{ref}/").status_code == 404
    assert desk.get(f"/desk/globex/{ref}/").status_code == 200
    (row,) = AuditRow.objects.filter(verb="entry.refused", actor=bo.who)
    assert (row.brand_id, row.reason) == (globex.id, "no seat for desk.answer")


class DescribeLooking:
    """Who reads a conversation without handling it is written down, with the brand and the conversation."""

    def looks(self, actor: Actor) -> list[tuple[int | None, str]]:
        rows = AuditRow.objects.filter(verb="conversation.read", actor=actor.who).order_by("pk")
        return list(rows.values_list("brand_id", "object"))

    def it_notes_who_opens_what_another_handles(
        self, day: Day, working: Actor, bo: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme, "A pole snapped")
        other = sign_in(bo)
        for path in (f"/desk/acme/{ref}/", f"/desk/acme/{ref}/messages/", f"/desk/acme/{ref}/"):
            assert other.get(path).status_code == 200
        assert self.looks(bo) == [(acme.id, f"conversation:{ref}")]

    def it_notes_who_reads_the_messages_alone(
        self, day: Day, working: Actor, bo: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme, "A pole snapped")
        assert sign_in(bo).get(f"/desk/acme/{ref}/messages/").status_code == 200
        assert self.looks(bo) == [(acme.id, f"conversation:{ref}")]

    def it_notes_nothing_of_handling(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme, "A pole snapped")
        desk.get(f"/desk/acme/{ref}/")
        desk.get(f"/desk/acme/{ref}/messages/")
        assert self.looks(working) == []
