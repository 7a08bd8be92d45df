"""What a client asks to change: decided once, carried out by the provider's own verb, on its day."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.actions import revoke_membership
from accounts.choices import Role
from core.errors import NotFound
from events.models import Event
from interactions import actions
from interactions.changing import queries
from interactions.changing.actions import (
    accept_change,
    apply_due,
    ask_change,
    refuse_change,
    withdraw_change,
)
from interactions.changing.values import ChangeView
from interactions.changing.weeks import read_week, week_lines
from interactions.errors import Refused, WrongState
from interactions.models import ChangeRequest, Inbox
from tenants.cards import BrandCard, card_by_id
from tenants.mail.models import SystemMail
from tenants.models import AuditRow
from tenants.scope import labour_scope, tenant_scope
from tests.factories import NOW, TESTS, make_person
from tests.interactions.conftest import make_inbox
from tests.interactions.test_exactly_once import at_once

Opener = Callable[..., UUID]
LENA = {"shown": "Lena Holm", "actor": "user:9"}
OP = "user:1"
TODAY = NOW.date()
OFFICE = [(day, 9 * 60, 17 * 60) for day in range(5)]
LONGER = [[day, 8 * 60, 18 * 60] for day in range(5)]


@pytest.fixture
def week(open_chat: Opener) -> str:
    """The code of the brand's opening hours."""
    view = actions.save_calendar(name="Office", zone="Europe/Stockholm", week=OFFICE, actor=OP, now=NOW)
    return f"week.{view.ref}"


def ask(code: str, proposed: dict[str, Any], **more: Any) -> UUID:
    given: dict[str, Any] = {"from_day": TODAY, "key": uuid4(), **LENA, "now": NOW}
    return ask_change(queries.topic_of(code), proposed=proposed, **{**given, **more})


def seen(ref: UUID) -> ChangeView:
    return queries.get_change(ref)


class DescribeWeeks:
    def it_writes_and_reads_the_same(self) -> None:
        rows = [(0, 510, 720), (0, 780, 1020), (4, 1320, 1440)]
        lines = week_lines(rows)
        assert lines[0] == "08:30–12:00, 13:00–17:00"
        assert lines[1] == ""
        assert read_week(lines, "wrong") == (rows, {})

    def it_says_of_which_day_what_is_wrong(self) -> None:
        _rows, errors = read_week(
            ["from nine", "09:00-17:00, 16:00-18:00", "25:00-26:00", "", "", "", ""], "?"
        )
        assert errors["0"] == "?"
        assert {"0", "2"} <= set(errors)


class DescribeAsking:
    def it_lists_what_can_be_asked_of_this_brand(self, week: str, acme: BrandCard, globex: BrandCard) -> None:
        codes = [topic.code for topic in queries.topics()]
        assert codes[0] == week
        assert "tone_do." in codes
        with tenant_scope(globex, TESTS), pytest.raises(NotFound):
            queries.topic_of(week)

    def it_is_asked_once_and_changes_nothing_yet(self, week: str, acme: BrandCard) -> None:
        key = uuid4()
        ref = ask(week, {"week": LONGER}, key=key, why="Season")
        assert ask(week, {"week": LONGER}, key=key) == ref
        assert (seen(ref).state, seen(ref).why) == ("asked", "Season")
        assert queries.current(queries.topic_of(week)) == {"week": [list(row) for row in OFFICE]}
        (event,) = Event.objects.filter(kind="change.asked")
        assert event.data["subject"] == "week"
        assert AuditRow.objects.get(verb="change.asked").actor == LENA["actor"]

    def it_refuses_what_is_so_already_or_too_long_or_too_late(self, week: str) -> None:
        with pytest.raises(Refused, match="what it is now"):
            ask(week, {"week": [list(row) for row in OFFICE]})
        with pytest.raises(Refused):
            ask(week, {"week": LONGER}, from_day=TODAY - timedelta(days=2))
        with pytest.raises(Refused):
            ask(week, {"week": LONGER}, from_day=date(TODAY.year + 2, 1, 1))
        with pytest.raises(Refused):
            ask("tone_do.", {"text": "x" * 481})
        with pytest.raises(Refused):
            ask("tone_do.", {"text": "\n".join("abcdefghijk")})

    def it_is_asked_once_by_many_at_the_same_time(self, transactional_db: None, acme: BrandCard) -> None:
        with tenant_scope(acme, TESTS):
            make_inbox()
        key = uuid4()
        asked = at_once(acme, [partial(ask, "tone_do.", {"text": "warm"}, key=key)] * 4)
        assert len(set(asked)) == 1
        with tenant_scope(acme, TESTS):
            assert ChangeRequest.objects.count() == 1

    def it_is_the_same_change_after_it_was_carried_out(self, week: str) -> None:
        key = uuid4()
        ref = ask(week, {"week": LONGER}, key=key)
        accept_change(ref, actor=OP, now=NOW)
        assert ask(week, {"week": LONGER}, key=key) == ref

    def it_keeps_no_card_number_and_nothing_that_is_no_text(self, week: str) -> None:
        card, hidden = "4111 1111 1111 1111", "•••• 1111"
        ref = ask("tone_do.", {"text": f"say {card}"}, why=f"{card} is ours")
        assert (seen(ref).proposed, seen(ref).why) == ({"text": f"say {hidden}"}, f"{hidden} is ours")
        refuse_change(ref, reason=f"{card}?", actor=OP, now=NOW)
        assert seen(ref).reason == f"{hidden}?"
        for wrong in ({"why": "a\0b"}, {"proposed": {"text": "a\0b"}}):
            with pytest.raises(Refused):
                ask("tone_do.", **({"proposed": {"text": "cold"}} | wrong))
        with pytest.raises(Refused):
            refuse_change(ask(week, {"week": LONGER}), reason="a\0b", actor=OP, now=NOW)

    def it_is_withdrawn_until_it_is_carried_out(self, week: str) -> None:
        ref = ask(week, {"week": LONGER})
        withdraw_change(ref, actor=LENA["actor"], now=NOW)
        withdraw_change(ref, actor=LENA["actor"], now=NOW)
        with pytest.raises(WrongState):
            accept_change(ref, actor=OP, now=NOW)
        done = ask(week, {"week": LONGER})
        accept_change(done, actor=OP, now=NOW)
        with pytest.raises(WrongState):
            withdraw_change(done, actor=LENA["actor"], now=NOW)
        with pytest.raises(NotFound):
            withdraw_change(uuid4(), actor=LENA["actor"], now=NOW)


class DescribeDeciding:
    def it_carries_hours_out_by_the_verb_of_the_console(self, week: str, acme: BrandCard) -> None:
        ref = ask(week, {"week": LONGER})
        assert accept_change(ref, actor=OP, now=NOW) == "applied"
        assert accept_change(ref, actor=OP, now=NOW) == "applied"
        assert queries.current(queries.topic_of(week)) == {"week": LONGER}
        assert AuditRow.objects.filter(verb="calendar.changed").get().actor == OP
        verbs = AuditRow.objects.filter(verb__startswith="change.").order_by("pk")
        assert list(verbs.values_list("verb", flat=True)) == [
            "change.asked",
            "change.accepted",
            "change.applied",
        ]

    def it_carries_texts_and_tone_out(self, open_chat: Opener, acme: BrandCard) -> None:
        language = acme.locales[0]
        accept_change(ask(f"greeting.{language}", {"text": "Hej!"}), actor=OP, now=NOW)
        assert Inbox.objects.get().config["greeting"] == {language: "Hej!"}
        accept_change(ask("tone_do.", {"text": "warm\nfirst names"}), actor=OP, now=NOW)
        card = card_by_id(acme.id)
        assert card
        assert card.tone_do == ("warm", "first names")

    def it_waits_for_its_day(self, week: str) -> None:
        ref = ask(week, {"week": LONGER}, from_day=TODAY + timedelta(days=3))
        assert accept_change(ref, actor=OP, now=NOW) == "accepted"
        due = seen(ref).due_at
        assert due
        assert apply_due(now=due - timedelta(seconds=1)) == 0
        assert queries.current(queries.topic_of(week)) != {"week": LONGER}
        assert [apply_due(now=due) for _twice in range(2)] == [1, 0]
        assert (seen(ref).state, queries.current(queries.topic_of(week))) == ("applied", {"week": LONGER})

    def it_says_when_it_could_not_be_carried_out(self, week: str) -> None:
        ref = ask(week, {"week": LONGER}, from_day=TODAY + timedelta(days=3))
        accept_change(ref, actor=OP, now=NOW)
        actions.remove_calendar(UUID(week.partition(".")[2]), actor=OP, now=NOW)
        assert apply_due(now=NOW + timedelta(days=5)) == 1
        assert seen(ref).state == "failed"
        assert AuditRow.objects.filter(verb="change.failed").exists()

    def it_is_refused_with_a_reason_once(self, week: str) -> None:
        ref = ask(week, {"week": LONGER})
        with pytest.raises(Refused):
            refuse_change(ref, reason=" ", actor=OP, now=NOW)
        refuse_change(ref, reason="No staff", actor=OP, now=NOW)
        refuse_change(ref, reason="No staff", actor=OP, now=NOW)
        assert (seen(ref).state, seen(ref).reason) == ("refused", "No staff")
        with pytest.raises(WrongState):
            accept_change(ref, actor=OP, now=NOW)


class DescribeTheMail:
    def it_tells_who_asked_in_their_language_and_no_text(
        self, week: str, acme: BrandCard, globex: BrandCard
    ) -> None:
        lena = make_person("lena@example.test", (Role.MANAGER, acme), language="sv")
        make_person("mia@example.test", (Role.MANAGER, acme))
        make_person("cy@example.test", (Role.MANAGER, globex))
        ref = ask(week, {"week": LONGER}, actor=lena.who)
        assert mailed() == []
        accept_change(ref, actor=OP, now=NOW)
        accept_change(ref, actor=OP, now=NOW)
        (mail,) = mailed()
        assert (mail.to, mail.language, mail.brand_id) == ("lena@example.test", "sv", acme.id)
        assert "Genomförd" in mail.text
        assert "08:00" not in mail.text

    def it_tells_each_decision_and_what_could_not_be_done(self, week: str, acme: BrandCard) -> None:
        lena = make_person("lena@example.test", (Role.MANAGER, acme))
        tone = ask("tone_do.", {"text": "warm"}, actor=lena.who)
        refuse_change(tone, reason="Never that", actor=OP, now=NOW)
        later = ask(week, {"week": LONGER}, from_day=TODAY + timedelta(days=3), actor=lena.who)
        accept_change(later, actor=OP, now=NOW)
        actions.remove_calendar(UUID(week.partition(".")[2]), actor=OP, now=NOW)
        apply_due(now=NOW + timedelta(days=5))
        said = ["Refused", "Accepted, comes on its day", "Could not be carried out"]
        assert [word in mail.text for word, mail in zip(said, mailed(), strict=True)] == [True] * 3
        assert not any("Never that" in mail.text for mail in mailed())

    def it_tells_nobody_who_may_not_ask_any_more(self, week: str, acme: BrandCard) -> None:
        lena = make_person("lena@example.test", (Role.MANAGER, acme))
        ref = ask(week, {"week": LONGER}, actor=lena.who)
        revoke_membership(lena.user_id, role=Role.MANAGER, brand_id=acme.id, actor=OP, now=NOW)
        accept_change(ref, actor=OP, now=NOW)
        assert mailed() == []


def mailed() -> list[SystemMail]:
    with labour_scope():
        return list(SystemMail.objects.filter(kind="change_decided").order_by("pk"))
