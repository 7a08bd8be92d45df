"""Replies, resolution, what came back, and who wrote."""

from django.utils.translation import gettext_lazy as _

from reporting.catalogue.defining import COPC_ONCE, COPC_TIME, CUSTOMER, RESPONSE, define
from reporting.metrics import HIGHER, LOWER

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
    define(
        "FRT.CUSTOMER", RESPONSE, _("First reply"),
        _("Average time from the customer's first message to a reply; anew after it was opened again."),
        "seconds", top="first_reply", bottom="first_replies", iso=CUSTOMER, copc=COPC_TIME, better=LOWER,
    ),
    define(
        "FRT.P90", RESPONSE, _("First reply, nine of ten"),
        _("Nine of ten first replies took no longer than this."), "seconds",
        top="first_reply", bottom="first_replies", spread="first_reply", share=90, iso=CUSTOMER,
        copc=COPC_TIME, better=LOWER,
    ),
    define(
        "FRT.ASSIGNED", RESPONSE, _("First reply after the answer"),
        _("Average time from an agent's acceptance to the first message of an agent."),
        "seconds", top="answer_to_reply", bottom="answered_replies", iso=CUSTOMER, copc=COPC_TIME,
        better=LOWER,
    ),
    define(
        "NRT", RESPONSE, _("Later replies"),
        _("Average wait of a customer's oldest unanswered message for a reply, after the first reply."),
        "seconds", top="next_reply", bottom="next_replies", iso=CUSTOMER, copc=COPC_TIME, better=LOWER,
    ),
    define(
        "CLOSED", RESPONSE, _("Contacts closed"), _("Answered contacts that were closed."),
        "count", top="resolved", copc="Contacts Resolved",
    ),
    define(
        "RES.FIRST", RESPONSE, _("Resolution time, first"),
        _("Average time until it was closed first, less the time that waited for the customer."),
        "seconds", top="first_end", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME, better=LOWER,
    ),
    define(
        "RES.TOTAL", RESPONSE, _("Resolution time, total"),
        _("Average time until it was closed last, less waiting for the customer and lying closed."),
        "seconds", top="last_end", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME, better=LOWER,
    ),
    define(
        "RWT", RESPONSE, _("Requester's wait"),
        _("Average time that it was our turn: in line, in talk, on hold, or until a promised call."),
        "seconds", top="requester", bottom="resolved", iso=CUSTOMER, copc=COPC_TIME, better=LOWER,
    ),
    define(
        "AWT", RESPONSE, _("Agents' time on it"),
        _("As the requester's wait, without the time on hold."),
        "seconds", top="work", bottom="resolved", copc=COPC_TIME, better=LOWER,
    ),
    define(
        "REOPEN.1D", RESPONSE, _("Opened again within a day"),
        _("Closed contacts that were opened again within a day, out of closed ones."),
        "percent", top="reopened_1d", bottom="resolved", iso=CUSTOMER, copc="Repeat Contacts",
        better=LOWER, ripens=1,
    ),
    define(
        "REOPEN.7D", RESPONSE, _("Opened again within 7 days"),
        _("Closed contacts that were opened again within 7 days, out of closed ones."),
        "percent", top="reopened_7d", bottom="resolved", iso=CUSTOMER, copc="Repeat Contacts",
        better=LOWER, ripens=7,
    ),
    *(
        define(
            f"FCR.REPEAT.{days}D", RESPONSE, name, words, "percent", top=f"cases-repeated_{days}d",
            bottom="cases", iso=CUSTOMER, copc=COPC_ONCE, better=HIGHER, ripens=days,
        )
        for days, name, words in ONCE
    ),
    define(
        "BY.HUMAN", RESPONSE, _("Written to by people"),
        _("Contacts to which only people wrote, out of all to which somebody wrote."),
        "percent", top="human", bottom="human+automatic+mixed", copc="Channel Mix",
    ),
    define(
        "BY.AUTOMATIC", RESPONSE, _("Written to by automated agents"),
        _("Contacts to which only automated agents wrote, out of all to which somebody wrote."),
        "percent", top="automatic", bottom="human+automatic+mixed", copc="Self-Service Rate",
    ),
    define(
        "BY.MIXED", RESPONSE, _("Written to by both"),
        _("Contacts to which people and automated agents wrote, out of all to which somebody wrote."),
        "percent", top="mixed", bottom="human+automatic+mixed", copc="Channel Mix",
    ),
)  # fmt: skip
