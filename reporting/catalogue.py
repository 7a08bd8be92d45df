"""The catalogue: every metric that today's events can make, after KPI.md. Pages and docs are made of it.

A definition never changes: another formula is another version. Ids without `.REPLY` count ANS.ACCEPT (an
agent accepted the offer) as the answer; those with it ANS.REPLY (an agent's first message).
"""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.labour.metrics import AGENTS, METRICS
from reporting.measures import Sums
from reporting.metrics import Metric

LEVEL, QUEUE, HANDLING, RESPONSE, CLOCK = "level", "queue", "handling", "response", "clock"
GROUPS: tuple[tuple[str, Promise], ...] = (
    (LEVEL, _("Service level")),
    (QUEUE, _("Queue and speed")),
    (HANDLING, _("Handling")),
    (RESPONSE, _("Replies and resolution")),
    (CLOCK, _("Clocks")),
    (AGENTS, _("Agents' time")),
)
CUSTOMER = "4.3"
"""ISO 18295-1: measuring and monitoring of customer experience."""
COPC_LEVEL, COPC_ABANDON, COPC_SPEED = "Service Level", "Abandonment Rate", "Average Speed of Answer"
COPC_AHT, COPC_TIME, COPC_ONCE = "Average Handle Time", "Cycle Time", "First Contact Resolution"


def _metric(id: str, group: str, name: Promise, words: Promise, unit: str, **more: Any) -> Metric:
    slug = more.pop("slug", id.lower().replace(".", "-"))
    return Metric(id, more.pop("version", 1), slug, group, name, words, unit, **more)


def _level(id: str, name: Promise, words: Promise, top: str, bottom: str, **more: Any) -> Metric:
    more = {"iso": CUSTOMER, "copc": COPC_LEVEL} | more
    return _metric(id, LEVEL, name, words, "percent", top=top, bottom=bottom, **more)


OFFERED = _metric(
    "OFF", QUEUE, _("Offered"), _("Contacts that entered a queue; one moved to another queue enters that."),
    "count", top="offered", slug="offered", iso=CUSTOMER, copc="Contacts Offered",
)  # fmt: skip
ANSWERED = _metric(
    "ANS.ACCEPT", QUEUE, _("Answered"), _("Offered contacts that an agent accepted."),
    "count", top="answered", slug="answered", iso=CUSTOMER, copc="Contacts Answered",
)  # fmt: skip
ANSWERED_BY_REPLY = _metric(
    "ANS.REPLY", QUEUE, _("Replied to"), _("Offered contacts in which an agent wrote to the customer."),
    "count", top="replied", iso=CUSTOMER, copc="Contacts Answered",
)  # fmt: skip
ABANDONED = _metric(
    "ABN", QUEUE, _("Abandoned"), _("Offered contacts that left the queue before an answer."),
    "count", top="abandoned", slug="abandoned", iso=CUSTOMER, copc="Contacts Abandoned",
)  # fmt: skip
FLOWED_OUT = _metric(
    "FO", QUEUE, _("Flowed out"),
    _("Offered contacts that left the queue unanswered for another queue or a promised call."),
    "count", top="flowed", iso=CUSTOMER, copc="Contacts Transferred Out",
)  # fmt: skip
SERVICE_LEVEL = _level(
    "SL.NEG", _("Service level"),
    _("Answered within the target, out of answered and abandoned (abandons count against it)."),
    "in_target", "answered+abandoned", slug="service-level",
)  # fmt: skip
SPEED_OF_ANSWER = _metric(
    "ASA.QUEUE", QUEUE, _("Speed of answer"),
    _("Average wait from entering the queue to the answer, ringing included."),
    "seconds", top="wait", bottom="answered", slug="speed-of-answer", iso=CUSTOMER, copc=COPC_SPEED,
)  # fmt: skip
HANDLE_TIME = _metric(
    "AHT.ELAPSED", HANDLING, _("Handle time"),
    _("Average time from the answer to the end of agents' work, less from a closing to the next answer."),
    "seconds", top="handle", bottom="handled", slug="handle-time", copc=COPC_AHT,
)  # fmt: skip
CALLBACKS_KEPT = _metric(
    "CB.KEPT", QUEUE, _("Callbacks kept"),
    _("Promised calls that reached the customer within the window, of those that are settled."),
    "percent", top="kept", bottom="kept+missed", slug="callbacks-kept", iso=CUSTOMER,
    copc="On-Time Callbacks",
)  # fmt: skip

LEVELS = (
    SERVICE_LEVEL,
    _level(
        "SL.POS", _("Service level, early abandons for it"),
        _("Answered or abandoned within the target, out of answered and abandoned."),
        "in_target+abandoned_in_target", "answered+abandoned",
    ),
    _level(
        "SL.ANS", _("Service level of the answered"),
        _("Answered within the target, out of the answered alone: abandons count nowhere."),
        "in_target", "answered",
    ),
    _level(
        "SL.IGN", _("Service level, early abandons left out"),
        _("Answered within the target, out of answered and those who left after the target."),
        "in_target", "answered+abandoned-abandoned_in_target",
    ),
    _level(
        "SL.SHORTCREDIT", _("Service level, short abandons for it"),
        _("Answered within the target or left within 5 seconds, out of answered and abandoned."),
        "in_target+abandoned_short", "answered+abandoned",
    ),
    _level(
        "SL.SHORTEXCL", _("Service level, short abandons left out"),
        _("Answered within the target, out of answered and those who left after 5 seconds."),
        "in_target", "answered+abandoned-abandoned_short",
    ),
    _level(
        "SL.FLOW", _("Service level, flow-outs against it"),
        _("Answered within the target, out of answered, abandoned and those who flowed out unanswered."),
        "in_target", "answered+abandoned+flowed",
    ),
    _level(
        "SL.NEG.REPLY", _("Service level by reply"),
        _("Replied to within the target, out of replied to and abandoned."),
        "replied_in_target", "replied+abandoned",
    ),
    _level(
        "SL.POS.REPLY", _("Service level by reply, early abandons for it"),
        _("Replied to or abandoned within the target, out of replied to and abandoned."),
        "replied_in_target+abandoned_in_target", "replied+abandoned",
    ),
    _level(
        "SL.ANS.REPLY", _("Service level of the replied to"),
        _("Replied to within the target, out of the replied to alone."),
        "replied_in_target", "replied",
    ),
    _level(
        "SL.IGN.REPLY", _("Service level by reply, early abandons left out"),
        _("Replied to within the target, out of replied to and those who left after the target."),
        "replied_in_target", "replied+abandoned-abandoned_in_target",
    ),
    _level(
        "SL.SHORTCREDIT.REPLY", _("Service level by reply, short abandons for it"),
        _("Replied to within the target or left within 5 seconds, out of replied to and abandoned."),
        "replied_in_target+abandoned_short", "replied+abandoned",
    ),
    _level(
        "SL.SHORTEXCL.REPLY", _("Service level by reply, short abandons left out"),
        _("Replied to within the target, out of replied to and those who left after 5 seconds."),
        "replied_in_target", "replied+abandoned-abandoned_short",
    ),
    _level(
        "SL.FLOW.REPLY", _("Service level by reply, flow-outs against it"),
        _("Replied to within the target, out of replied to, abandoned and those who flowed out."),
        "replied_in_target", "replied+abandoned+flowed",
    ),
)  # fmt: skip

BESIDE = (
    (
        1, _("Handle time, alone"),
        _("Handle time of contacts whose agent had no other of this client when they were answered."),
    ),
    (
        2, _("Handle time, one of two"),
        _("Handle time of contacts whose agent had one other of this client when they were answered."),
    ),
    (
        3, _("Handle time, one of three"),
        _("Handle time of contacts whose agent had two others of this client when they were answered."),
    ),
    (
        4, _("Handle time, one of four or more"),
        _("Handle time of contacts whose agent had three or more others of this client at the answer."),
    ),
)  # fmt: skip
"""Work for other clients is not in this client's log, and does not count."""

QUEUES = (
    OFFERED,
    ANSWERED,
    ANSWERED_BY_REPLY,
    ABANDONED,
    FLOWED_OUT,
    _metric(
        "ANS.RATE", QUEUE, _("Answer rate"), _("Answered, out of offered."),
        "percent", top="answered", bottom="offered", iso=CUSTOMER, copc="Answer Rate",
    ),
    _metric(
        "ABN.RATE", QUEUE, _("Abandonment rate"),
        _("Abandoned, out of offered; who was promised a call has not abandoned."),
        "percent", top="abandoned", bottom="offered", iso=CUSTOMER, copc=COPC_ABANDON,
    ),
    _metric(
        "ABN.ADJ", QUEUE, _("Abandonment rate, adjusted"),
        _("Abandoned, out of offered; those who left within 5 seconds count on neither side."),
        "percent", top="abandoned-abandoned_short", bottom="offered-abandoned_short", iso=CUSTOMER,
        copc=COPC_ABANDON,
    ),
    SPEED_OF_ANSWER,
    _metric(
        "ASA.ALLWAIT", QUEUE, _("Speed of answer, all waits"),
        _("Average of all waits of answered contacts, those in line again included."),
        "seconds", top="all_waits", bottom="answered", iso=CUSTOMER, copc=COPC_SPEED,
    ),
    _metric(
        "ASA.P50", QUEUE, _("Wait, half"), _("Half of the answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=50, iso=CUSTOMER, copc=COPC_SPEED,
    ),
    _metric(
        "ASA.P90", QUEUE, _("Wait, nine of ten"), _("Nine of ten answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=90, iso=CUSTOMER, copc=COPC_SPEED,
    ),
    _metric(
        "ASA.P95", QUEUE, _("Wait, 19 of 20"), _("Nineteen of twenty answered waited no longer than this."),
        "seconds", top="wait", bottom="answered", spread="wait", share=95, iso=CUSTOMER, copc=COPC_SPEED,
    ),
    _metric(
        "ATA", QUEUE, _("Time to abandon"), _("Average wait of those who left before an answer."),
        "seconds", top="abandoned_wait", bottom="abandoned", iso=CUSTOMER, copc="Average Time to Abandon",
    ),
    _metric(
        "ATA.P50", QUEUE, _("Time to abandon, half"), _("Half of those who left waited no longer than this."),
        "seconds", top="abandoned_wait", bottom="abandoned", spread="abandoned_wait", share=50, iso=CUSTOMER,
        copc="Average Time to Abandon",
    ),
    _metric(
        "ATA.P90", QUEUE, _("Time to abandon, nine of ten"),
        _("Nine of ten of those who left waited no longer than this."), "seconds",
        top="abandoned_wait", bottom="abandoned", spread="abandoned_wait", share=90, iso=CUSTOMER,
        copc="Average Time to Abandon",
    ),
    _metric(
        "RONA", QUEUE, _("Not answered by agents"),
        _("Offers that an agent declined or let ring out, out of all offers that ended."),
        "percent", top="offers_missed", bottom="offers", copc="Missed Offers",
    ),
    _metric(
        "RONA.NOABN", QUEUE, _("Not answered by agents, customer there"),
        _("Offers declined or let ring out, out of offers that ended while the customer was there."),
        "percent", top="offers_missed", bottom="offers-offers_left", copc="Missed Offers",
    ),
    CALLBACKS_KEPT,
)  # fmt: skip

HANDLINGS = (
    HANDLE_TIME,
    _metric(
        "AHT", HANDLING, _("Handle time, worked"),
        _("Average of talk, hold and wrap-up; what waited for the customer or was put off is left out."),
        "seconds", top="worked", bottom="handled", copc=COPC_AHT,
    ),
    _metric(
        "AHT.P50", HANDLING, _("Handle time, half"), _("Half of the handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=50, copc=COPC_AHT,
    ),
    _metric(
        "AHT.P90", HANDLING, _("Handle time, nine of ten"),
        _("Nine of ten handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=90, copc=COPC_AHT,
    ),
    _metric(
        "AHT.P95", HANDLING, _("Handle time, 19 of 20"),
        _("Nineteen of twenty handled took no longer than this."),
        "seconds", top="handle", bottom="handled", spread="handle", share=95, copc=COPC_AHT,
    ),
    *(
        _metric(
            f"AHT.BESIDE.{level}", HANDLING, name, words, "seconds", top=f"handle_beside_{level}",
            bottom=f"handled_beside_{level}", copc=COPC_AHT,
        )
        for level, name, words in BESIDE
    ),
    _metric(
        "ACW", HANDLING, _("Wrap-up"), _("Average time in wrap-up, of contacts that had one."),
        "seconds", top="wrap", bottom="wrapped", copc="After-Contact Work",
    ),
    _metric(
        "TRF", HANDLING, _("Transfer rate"),
        _("Times an agent handed a contact over, out of handled contacts."),
        "percent", top="handed", bottom="handled", iso=CUSTOMER, copc="Transfer Rate",
    ),
    _metric(
        "TRF.QUEUE", HANDLING, _("Transfer rate, to a queue"),
        _("Times an agent handed a contact to a queue, out of handled contacts."),
        "percent", top="handed_queue", bottom="handled", iso=CUSTOMER, copc="Transfer Rate",
    ),
    _metric(
        "TRF.AGENT", HANDLING, _("Transfer rate, to an agent"),
        _("Times an agent handed a contact to a colleague, out of handled contacts."),
        "percent", top="handed_agent", bottom="handled", iso=CUSTOMER, copc="Transfer Rate",
    ),
    _metric(
        "TRF.CONSULT", HANDLING, _("Transfer rate, asked first"),
        _("Times an agent handed a contact to a colleague they had asked first, out of handled contacts."),
        "percent", top="handed_consult", bottom="handled", iso=CUSTOMER, copc="Transfer Rate",
    ),
    _metric(
        "HOLD.ABN", HANDLING, _("Left on hold"), _("Contacts that the customer ended while on hold."),
        "count", top="left_on_hold", iso=CUSTOMER, copc="Hold Abandons",
    ),
    _metric(
        "SHORT.TALK", HANDLING, _("Hardly a talk"), _("Handled contacts with less than 10 seconds of talk."),
        "count", top="brief", copc="Short Contacts",
    ),
)  # fmt: skip

ONCE = (
    (
        1, _("Solved at once, by a day"),
        _("Closed contacts whose customer was not back for the same reason within a day, of closed ones."),
    ),
    (
        2, _("Solved at once, by 2 days"),
        _("Closed contacts whose customer was not back for the same reason within 2 days, of closed ones."),
    ),
    (
        7, _("Solved at once, by 7 days"),
        _("Closed contacts whose customer was not back for the same reason within 7 days, of closed ones."),
    ),
)  # fmt: skip
"""Who goes on in a closed conversation opens it again, which REOPEN counts; a repeat is another one."""

RESPONSES = (
    _metric(
        "FRT.CUSTOMER", RESPONSE, _("First reply"),
        _("Average time from the customer's first message to a reply; anew after it was opened again."),
        "seconds", top="first_reply", bottom="first_replies", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "FRT.P90", RESPONSE, _("First reply, nine of ten"),
        _("Nine of ten first replies took no longer than this."), "seconds",
        top="first_reply", bottom="first_replies", spread="first_reply", share=90, iso=CUSTOMER,
        copc=COPC_TIME,
    ),
    _metric(
        "FRT.ASSIGNED", RESPONSE, _("First reply after the answer"),
        _("Average time from an agent's acceptance to the first message of an agent."),
        "seconds", top="answer_to_reply", bottom="answered_replies", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "NRT", RESPONSE, _("Later replies"),
        _("Average wait of a customer's oldest unanswered message for a reply, after the first reply."),
        "seconds", top="next_reply", bottom="next_replies", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "CLOSED", RESPONSE, _("Contacts closed"), _("Answered contacts that were closed."),
        "count", top="resolved", copc="Contacts Resolved",
    ),
    _metric(
        "RES.FIRST", RESPONSE, _("Resolution time, first"),
        _("Average time until it was closed first, less the time that waited for the customer."),
        "seconds", top="first_end", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "RES.TOTAL", RESPONSE, _("Resolution time, total"),
        _("Average time until it was closed last, less waiting for the customer and lying closed."),
        "seconds", top="last_end", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "RWT", RESPONSE, _("Requester's wait"),
        _("Average time that it was our turn: in line, in talk, on hold, or until a promised call."),
        "seconds", top="requester", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME,
    ),
    _metric(
        "AWT", RESPONSE, _("Agents' time on it"),
        _("As the requester's wait, without the time on hold."),
        "seconds", top="work", bottom="resolved", copc=COPC_TIME,
    ),
    _metric(
        "REOPEN.1D", RESPONSE, _("Opened again within a day"),
        _("Closed contacts that were opened again within a day, out of closed ones."),
        "percent", top="reopened_1d", bottom="resolved", iso=CUSTOMER, copc="Repeat Contacts",
    ),
    _metric(
        "REOPEN.7D", RESPONSE, _("Opened again within 7 days"),
        _("Closed contacts that were opened again within 7 days, out of closed ones."),
        "percent", top="reopened_7d", bottom="resolved", iso=CUSTOMER, copc="Repeat Contacts",
    ),
    *(
        _metric(
            f"FCR.REPEAT.{days}D", RESPONSE, name, words, "percent", top=f"cases-repeated_{days}d",
            bottom="cases", iso=CUSTOMER, copc=COPC_ONCE,
        )
        for days, name, words in ONCE
    ),
    _metric(
        "BY.HUMAN", RESPONSE, _("Written to by people"),
        _("Contacts to which only people wrote, out of all to which somebody wrote."),
        "percent", top="human", bottom="human+automatic+mixed", copc="Channel Mix",
    ),
    _metric(
        "BY.AUTOMATIC", RESPONSE, _("Written to by automated agents"),
        _("Contacts to which only automated agents wrote, out of all to which somebody wrote."),
        "percent", top="automatic", bottom="human+automatic+mixed", copc="Self-Service Rate",
    ),
    _metric(
        "BY.MIXED", RESPONSE, _("Written to by both"),
        _("Contacts to which people and automated agents wrote, out of all to which somebody wrote."),
        "percent", top="mixed", bottom="human+automatic+mixed", copc="Channel Mix",
    ),
)  # fmt: skip

DECIDED = _("A clock counts with the contact in hand when it was fulfilled, or when its target was used up.")
KINDS = ("first", "next", "resolution", "update")


def _attained(id: str, name: Promise, words: Promise, *kinds: str) -> Metric:
    met = "+".join(f"{kind}_met" for kind in kinds)
    both = "+".join(f"{kind}_met+{kind}_missed" for kind in kinds)
    more = {"iso": CUSTOMER, "copc": "On-Time Performance", "attribution": DECIDED}
    return _metric(id, CLOCK, name, words, "percent", top=met, bottom=both, **more)


CLOCKS = (
    _attained(
        "SLA.ATTAIN", _("Clocks in time"),
        _("Clocks that ended in time, out of all that ended in time or too late; what runs is left out."),
        *KINDS,
    ),
    _attained(
        "SLA.ATTAIN.FIRST", _("First responses in time"),
        _("First responses within their target, out of those given; anew after it was opened again."),
        "first",
    ),
    _attained(
        "SLA.ATTAIN.NEXT", _("Next responses in time"),
        _("Answers to later messages within their target, out of all that ended."), "next",
    ),
    _attained(
        "SLA.ATTAIN.RESOLUTION", _("Resolutions in time"),
        _("Conversations closed within their target, out of those closed."), "resolution",
    ),
    _attained(
        "SLA.ATTAIN.UPDATE", _("Updates in time"),
        _("Agents' messages within the agreed time from the one before, out of all that ended."), "update",
    ),
    _metric(
        "SLA.LATE", CLOCK, _("Running late"),
        _("Clocks that have used up their target and go on: in no share yet."),
        "count", top="clocks_late", attribution=DECIDED, iso=CUSTOMER, copc="Aged Backlog",
    ),
)  # fmt: skip

CATALOGUE: tuple[Metric, ...] = (*LEVELS, *QUEUES, *HANDLINGS, *RESPONSES, *CLOCKS)
"""Those whose sums are of contacts: contacts are the rows behind them, and contracts promise them."""
EVERY: tuple[Metric, ...] = (*CATALOGUE, *METRICS)
REPORTED = (SERVICE_LEVEL, SPEED_OF_ANSWER, OFFERED, ANSWERED, ABANDONED, HANDLE_TIME)
"""What every report shows; where calls were promised, CALLBACKS_KEPT beside them."""
REPORT_NUMBERS = sorted(
    {"promised", "flowed", "told"}.union(*(one.measures for one in (*REPORTED, CALLBACKS_KEPT)))
)
"""The sums that a report is made of."""
BY_SLUG = {metric.slug: metric for metric in CATALOGUE}


def reported(sums: Sums) -> Sequence[Metric]:
    """Return the metrics that a report over these sums shows."""
    return (*REPORTED, CALLBACKS_KEPT) if sums.numbers["promised"] else REPORTED


def grouped() -> list[tuple[Promise, list[Metric]]]:
    """Return every group with its metrics, in their order."""
    return [(title, [one for one in EVERY if one.group == group]) for group, title in GROUPS]
