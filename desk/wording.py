"""Words for codes: languages, channels, how a conversation ended. Nothing here asks anybody."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from desk.lines import Reader
from desk.reading import Facts
from desk.snoozing import when_words
from interactions.choices import Channel, PlaceState, State
from interactions.values import InteractionView, ParticipantView
from routing.choices import OfferState, WithdrawReason


def language_name(code: str) -> str:
    """`sv-SE` -> Swedish in the reader's language; an unknown code stays as it is."""
    for tag in (code.lower(), code.lower().partition("-")[0]):
        try:
            return str(get_language_info(tag)["name_translated"])
        except KeyError:
            continue
    return code


def channel_name(code: str) -> str:
    return str(Channel(code).label) if code in Channel.values else code


def address_name(kind: str) -> str:
    names = {"email": _("E-mail"), "phone": _("Phone"), "visitor": _("Visitor")}
    return names.get(kind, kind.capitalize())


def short_ending(facts: Facts) -> str:
    """Say in one word or two how it ended, for the list."""
    return facts.view.reason or (_("No reason set") if facts.view.state == State.CLOSED else _("Ended"))


def ending_words(facts: Facts) -> str:
    """Say in a few words how it ended, or who has it."""
    view = facts.view
    if view.state == State.CLOSED:
        if facts.missing:
            return _("Closed when the wrap-up time was over, no reason set")
        return _("Closed") + (f" · {view.reason}, {view.outcome}" if view.reason else "")
    if view.state == State.ABANDONED:
        return _("The customer left before an answer")
    if view.state == State.SNOOZED:
        return _("Snoozed by %(name)s") % {"name": view.agent_shown or _("A colleague")}
    if view.state == State.CALLBACK_SCHEDULED:
        return _("A call is promised; it is offered when its time has come")
    if view.state == State.QUEUED:
        return _("Waiting for somebody to take it")
    return _("%(name)s has this conversation. You can read it.") % {
        "name": view.agent_shown or _("A colleague")
    }


def rest_words(view: InteractionView, now: datetime) -> str:
    """Say what a conversation waits for that was put away."""
    if view.snoozed_until:
        return _("Snoozed to %(time)s") % {"time": when_words(view.snoozed_until, now)}
    return _("Waiting on customer")


def place_words(view: InteractionView) -> str:
    """Say in the work list that a conversation is somebody else's, and one is in it."""
    return _("With %(name)s") % {"name": view.agent_shown or _("A colleague")}


def person_words(one: ParticipantView) -> str:
    """Say what somebody beside the agent is doing there."""
    if one.state == PlaceState.JOINED:
        return _("Writes to the customer too")
    if one.state == PlaceState.CONSULTING:
        return _("Reads along, the customer does not know")
    return _("Asked, no answer yet") if one.agent_id else _("Asked, the next who is free")


def unsent_words(view: InteractionView, place: str) -> str:
    """Say above an unsent text why it cannot be sent now."""
    if place == PlaceState.JOINED:
        return _("Whoever has the conversation goes on with it first. Your text is kept.")
    if place:
        return _("The customer does not know of you yet. Your text is kept.")
    return state_words(view.state)


class Named(Protocol):
    """Whatever says with whom a conversation is."""

    @property
    def contact_name(self) -> str: ...
    @property
    def contact_ref(self) -> UUID: ...
    @property
    def language(self) -> str: ...


def visitor_name(view: Named) -> str:
    """What the customer is called: their name, else Visitor and a code that tells them apart."""
    return view.contact_name or _("Visitor %(code)s") % {"code": view.contact_ref.hex[-4:]}


def reader_of(agent_id: int, view: Named, *, now: datetime) -> Reader:
    return Reader(agent_id, visitor_name(view), view.language, now)


def state_words(state: str) -> str:
    """Say above an unsent text why it cannot be sent any more."""
    if state == State.WRAP_UP:
        return _("The conversation has ended. This was not sent; it stays here until you finish the wrap-up.")
    if state == State.SNOOZED:
        return _("It is snoozed. Take it back to send this.")
    if state == State.CLOSED:
        return _("The conversation is closed. This was not sent.")
    return _("This conversation is no longer with you. Your text was not sent.")


def gone_words(state: str, reason: str) -> str:
    """Say what became of an offer that was not answered on this page; nothing when it was answered."""
    if state == OfferState.EXPIRED:
        return _("Time ran out. The customer is back at their place.")
    if state == OfferState.ACCEPTED:
        return _("Accepted in another tab.")
    if state != OfferState.WITHDRAWN:
        return ""
    if reason == WithdrawReason.TAKEN_BACK:
        return _("The question was taken back.")
    if reason == WithdrawReason.MOVED:
        return _("It was given to somebody else.")
    return _("The customer left.") if reason == WithdrawReason.LEFT else _("It was withdrawn.")
