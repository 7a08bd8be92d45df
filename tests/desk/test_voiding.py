"""Not a contact, and a correction, at the desk."""

from accounts.actor import Actor
from tenants.cards import BrandCard
from tests.desk.conftest import Day, Desk, Sign


class DescribeNotAContact:
    def it_ends_and_can_be_taken_back(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme)
        assert "Wrong brand" in desk.get(f"/desk/acme/{ref}/not-a-contact/").content.decode()
        foot = desk.act(f"/desk/acme/{ref}/not-a-contact/", {"code": "spam"}).content.decode()
        assert "Not a contact: Spam" in foot
        assert 'name="reason"' not in foot
        back = desk.act(f"/desk/acme/{ref}/not-a-contact/undo/").content.decode()
        assert "msg-composer" in back
        assert day.row(acme, ref).state == "active"

    def it_works_without_scripts(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme)
        answer = desk.post(f"/desk/acme/{ref}/not-a-contact/", {"code": "duplicate"})
        assert (answer.status_code, answer["Location"]) == (303, f"/desk/acme/{ref}/")
        assert "Not a contact: Duplicate" in desk.get(f"/desk/acme/{ref}/").content.decode()
        answer = desk.post(f"/desk/acme/{ref}/not-a-contact/undo/")
        assert (answer.status_code, day.row(acme, ref).state) == (303, "active")

    def it_refuses_a_colleague_and_an_unknown_code(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard, globex: BrandCard
    ) -> None:
        mine, other = day.has(working, acme), day.writes(globex)
        assert desk.act(f"/desk/acme/{mine}/not-a-contact/", {"code": "bored"}).status_code == 422
        assert desk.act(f"/desk/globex/{other}/not-a-contact/", {"code": "spam"}).status_code == 409
        assert desk.act(f"/desk/acme/{other}/not-a-contact/", {"code": "spam"}).status_code == 404

    def it_is_not_there_for_an_outsider(
        self, day: Day, working: Actor, outsider: Actor, acme: BrandCard, sign_in: Sign
    ) -> None:
        ref = day.has(working, acme)
        for path in ("not-a-contact/", "not-a-contact/undo/", "correction/"):
            assert sign_in(outsider).act(f"/desk/acme/{ref}/{path}").status_code == 404


class DescribeCorrection:
    def it_changes_what_was_said_today(self, desk: Desk, day: Day, working: Actor, acme: BrandCard) -> None:
        ref = day.has(working, acme)
        desk.act(f"/desk/acme/{ref}/wrap-up/")
        desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "delivery", "outcome": "solved"})
        page = desk.get(f"/desk/acme/{ref}/").content.decode()
        assert "Correct reason and outcome" in page
        assert 'value="delivery" selected' in page
        assert "Europe/Stockholm time" in page
        foot = desk.act(f"/desk/acme/{ref}/correction/", {"reason": "return", "outcome": "solved"})
        assert "Return, Solved" in foot.content.decode()
        assert str(day.row(acme, ref).reason) == "Return"

    def it_keeps_what_was_chosen_when_it_is_refused(
        self, desk: Desk, day: Day, working: Actor, acme: BrandCard
    ) -> None:
        ref = day.has(working, acme)
        desk.act(f"/desk/acme/{ref}/wrap-up/")
        desk.act(f"/desk/acme/{ref}/disposition/", {"reason": "delivery", "outcome": "solved"})
        answer = desk.act(f"/desk/acme/{ref}/correction/", {"reason": "", "outcome": "solved"})
        assert answer.status_code == 422
        assert "Choose what it was about." in answer.content.decode()
