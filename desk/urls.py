"""The agent's desk on the provider's host. State changes are resources that are posted to."""

from django.urls import path

from desk.views import (
    answering,
    asking,
    calling,
    days,
    finishing,
    guarding,
    handing,
    helping,
    pages,
    pulling,
    shift,
    turning,
    writing,
)

app_name = "desk"

TALK = "desk/<slug:slug>/<uuid:ref>/"

urlpatterns = [
    path("desk/", pages.desk, name="desk"),
    path("desk/state/", pages.state, name="state"),
    path("day/", days.my_day, name="day"),
    path("availability/", answering.availability, name="availability"),
    path("shift/", shift.shift, name="shift"),
    path("shift/choices/", shift.choices, name="shift-choices"),
    path("offers/<uuid:ref>/acceptance/", answering.acceptance, name="acceptance"),
    path("offers/<uuid:ref>/refusal/", answering.refusal, name="refusal"),
    path("help/", helping.hands, name="hands"),
    path("help/<uuid:ref>/", helping.hand, name="hand"),
    path("help/<uuid:ref>/notes/", helping.note, name="hand-note"),
    path("help/<uuid:ref>/coming/", helping.coming, name="hand-coming"),
    path(f"{TALK}help/", asking.ask, name="help"),
    path(f"{TALK}help/withdrawal/", asking.withdraw, name="help-withdrawal"),
    path(TALK, pages.conversation, name="conversation"),
    path(f"{TALK}messages/", pages.messages, name="messages"),
    path(f"{TALK}replies/", writing.replies, name="replies"),
    path(f"{TALK}notes/", writing.notes, name="notes"),
    path(f"{TALK}draft/", writing.draft, name="draft"),
    path(f"{TALK}typing/", writing.typing, name="typing"),
    path(f"{TALK}reading/", writing.reading_mark, name="reading"),
    path(f"{TALK}wrap-up/", finishing.wrap_up, name="wrap-up"),
    path(f"{TALK}extension/", finishing.extension, name="extension"),
    path(f"{TALK}not-a-contact/", finishing.not_a_contact, name="not-a-contact"),
    path(f"{TALK}not-a-contact/undo/", finishing.contact_after_all, name="contact-after-all"),
    path(f"{TALK}callback/", calling.callback, name="callback"),
    path(f"{TALK}callback/attempts/", calling.attempt, name="callback-attempt"),
    path(f"{TALK}warning/", guarding.warning, name="warning"),
    path(f"{TALK}block/", guarding.block, name="block"),
    path(f"{TALK}block/lift/", guarding.lift, name="block-lift"),
    path(f"{TALK}correction/", finishing.correction, name="correction"),
    path(f"{TALK}disposition/", finishing.disposition, name="disposition"),
    path(f"{TALK}hold/", turning.hold, name="hold"),
    path(f"{TALK}awaiting/", turning.awaiting, name="awaiting"),
    path(f"{TALK}resumption/", turning.resumption, name="resumption"),
    path(f"{TALK}snooze/", turning.snooze, name="snooze"),
    path(f"{TALK}reopening/", turning.reopening, name="reopening"),
    path(f"{TALK}transfer/", handing.transfer, name="transfer"),
    path(f"{TALK}assign/", handing.assignment, name="assign"),
    path(f"{TALK}pull/", pulling.pull, name="pull"),
    path("desk/line/", pulling.line, name="line"),
]
