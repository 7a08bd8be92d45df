"""Every word the launcher and the panel can say, in the language of the client's page."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Words = dict[str, str]


def launcher_words(brand_name: str, label: str = "") -> Words:
    """Return what the launcher needs: it has no other request than these few words.

    `label` is the client's own text beside the sign; the button is then called so, as it can be read.
    """
    title = _("Chat with {brand}").format(brand=brand_name)
    return {
        "title": title,
        "label": label,
        "open": label or title,
        "close": _("Close the chat"),
        "unread": _("New messages: {n}"),
        "loading": _("Opening the chat…"),
        "failed": _("The chat can't be reached right now."),
        "retry": _("Try again"),
    }


def panel_words() -> Words:
    """Return what the panel's script says; `{…}` is filled in by the script."""
    return (
        _status_words() | _event_words() | _line_words() | _call_words() | _message_words() | _trouble_words()
    )


def _status_words() -> Words:
    return {
        "here": _("We're here, write to us"),
        "away": _("Leave us a message"),
        "away_title": _("Nobody is here right now"),
        "away_body": _("Write to us anyway. Your message waits here, and we answer as soon as we're back."),
        "closed_title": _("We're closed right now"),
        "closed_hide": _("You can write to us here when we're open."),
        "closed_address": _("Leave a message and your mail address, so that we can reach you."),
        "address_wanted": _("Write your mail address above, then send your message."),
        "closes": _("We close early today: {when}. Write to us before then."),
        "closes_line": _("We close to new messages: {when}. You're in line, so we still answer you."),
        "served": _("We've closed to new messages. You're in line, so we still answer you."),
        "closed_kept": _("We're closed right now. We answer in this chat as soon as we're back."),
        "opens": _("We open again: {when}."),
        "kept_title": _("Your message is with us"),
        "kept_body": _("Nobody is here right now. We answer in this chat as soon as we're back."),
        "left_body": _("You may go: your place is kept, and the answer waits for you here."),
        "leave_body": _("Or leave a message and go: your place is kept, and the answer waits for you here."),
        "typing": _("{name} is typing"),
        "ended": _("This conversation has ended"),
        "end": _("End"),
        "leave": _("Leave"),
        "end_question": _("End this conversation?"),
        "leave_question": _("Leave the line?"),
    }


def _event_words() -> Words:
    """Words of the system messages, by their codes."""
    return {
        "event_joined": _("{name} joined"),
        "event_agent_joined": _("{name} joined"),
        "event_agent_left": _("{name} left"),
        "event_requeued": _("We're finding somebody else for you"),
        "event_transferred": _("You are handed over to {name}"),
        "event_held": _("{name} asks for a moment"),
        "event_resumed": _("{name} is back"),
        "event_left": _("You left the line"),
        "event_customer_ended": _("You ended the conversation"),
        "event_agent_ended": _("The conversation was ended"),
        "event_address": _("You left the address {name}"),
        "event_message_left": _("You left a message: you may go, the answer waits for you here"),
        "event_closed_told": _(
            "We had to close. Your place is kept: you may go, the answer comes here. {text}"
        ),
        "event_closed_ended": _("We had to close and can't answer now. {text}"),
        "event_callback_reached": _("We called you"),
        "event_callback_no_answer": _("We tried to call you"),
        "event_callback_declined": _("The call was called off"),
        "event_callback_withdrawn": _("You'd rather wait here: no call"),
        "event_taken_back": _("The conversation goes on"),
        "event_customer_silent": _("It has been quiet here, so this chat was closed"),
    }


def _line_words() -> Words:
    """Words of the waiting line. Ordinals follow the categories of CLDR (Intl.PluralRules, type ordinal)."""
    return {
        "next": _("You're next in line"),
        "in_line": _("You're {place} in line"),
        "waiting": _("You're in line"),
        "wait_under": _("Less than a minute to wait."),
        "wait_about": _("About {n} minutes to wait."),
        "wait_upto": _("Up to {n} minutes to wait."),
        "wait_range": _("About {from} to {until} minutes to wait."),
        "wait_long": _("More than an hour to wait."),
        "wait_unknown": _("We can't say yet how long it takes."),
        "waiting_body": _("Your place is kept if you reload the page."),
        "place_one": pgettext("ordinal, as 1st 21st", "{n}st"),
        "place_two": pgettext("ordinal, as 2nd 22nd", "{n}nd"),
        "place_few": pgettext("ordinal, as 3rd 23rd", "{n}rd"),
        "place_many": pgettext("ordinal, other languages", "{n}th"),
        "place_other": pgettext("ordinal, as 4th 11th", "{n}th"),
    }


def _call_words() -> Words:
    return {
        "call_body": _("Or have us call you: your place is kept."),
        "call_zone": _("Times are those of {zone}."),
        "call_none": _("There is no time to call you in the next days."),
        "call_number": _("Write a phone number, like +46 8 123 456."),
        "call_consent": _("Say that we may call you."),
        "call_promised": _("We'll call you"),
        "call_now": _("We're calling you"),
        "call_when": _("At {number}, {when} ({zone}). You may close this chat."),
    }


def _message_words() -> Words:
    return {
        "you": _("You"),
        "sending": _("Sending"),
        "queued": _("Waiting to be sent"),
        "sent": _("Sent"),
        "not_sent": _("Not sent"),
        "retry": _("Try again"),
        "said": _("{name}, {time}: {text}"),
    }


def _trouble_words() -> Words:
    return {
        "reconnecting": _("Connecting again…"),
        "offline": _("You're offline. What you write is sent when you're back."),
        "offline_n": _("You're offline. Messages waiting to be sent: {n}"),
        "too_long": _("This message has {n} characters, and {max} fit. Your text is still here: shorten it."),
        "rate_limited": _("That was a lot at once. The rest is sent in a moment."),
        "files": _("Files can't be sent here yet. Your text is still here."),
        "expired": _("The earlier conversation can't be opened any more. Write, and a new one begins."),
        "blocked": _("We can't take your messages here at the moment."),
        "unavailable": _("The chat is not available on this page."),
        "failed": _("That did not arrive. It is sent again in a moment."),
        "refused": _("This could not be sent. Your text is still here."),
        "ended_meanwhile": _("The conversation ended before this was sent. Your text is still here."),
    }
