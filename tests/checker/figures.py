"""The numbers of a period, by the key `id@version` under which they are published.

A contact belongs to the days in which it entered its queue. Tests and what was no contact are left out.
Nothing to divide by: None.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tests.checker.contacts import AGAIN, AWAITED, CALL, CLOSED, HOLD, LINE, SNOOZED, TALK, WRAP_UP, Contact

SECOND = 10**6
DAY = 86_400 * SECOND
SHORT, HARDLY = 5 * SECOND, 10 * SECOND
NEVER = 10**20
Number = Fraction | None


def figures(
    contacts: Sequence[Contact], start: int, end: int, *, among: Iterable[Contact] | None = None
) -> dict[str, Number]:
    """Return each number of `[start, end)`: shares as fractions of one, times as exact seconds.

    `among`: whoever may have come back, if there are more than who is counted.
    """
    everybody = [contact for contact in (contacts if among is None else among) if contact.counts]
    mine = [contact for contact in contacts if contact.counts and start <= contact.at < end]
    count = Count(mine, everybody)
    return service_level(count) | speed(count) | handling(count) | replies(count) | clocks(count)


def ratio(top: int, bottom: int) -> Number:
    return Fraction(top, bottom) if bottom else None


def average(times: Sequence[int], of: int | None = None) -> Number:
    """Return the average in seconds of times in microseconds; `of`: how many share them, if others do."""
    return ratio(sum(times), (len(times) if of is None else of) * SECOND)


def nearest_rank(times: Iterable[int], percent: int) -> Number:
    """Return the smallest of the times that `percent` of them do not exceed, in seconds."""
    ordered = sorted(times)
    place = -(-percent * len(ordered) // 100)
    return Fraction(ordered[max(place, 1) - 1], SECOND) if ordered else None


@dataclass
class Count:
    """Who is counted, and for whether they came back, whoever there is."""

    mine: list[Contact]
    everybody: list[Contact]

    @cached_property
    def answered(self) -> list[Contact]:
        return [contact for contact in self.mine if contact.answered_at is not None]

    @cached_property
    def abandoned(self) -> list[Contact]:
        return [contact for contact in self.mine if contact.abandoned_at is not None]

    @cached_property
    def replied(self) -> list[Contact]:
        return [contact for contact in self.mine if contact.replied_at is not None]

    @cached_property
    def flowed(self) -> list[Contact]:
        return [contact for contact in self.mine if contact.flowed_at is not None]

    @cached_property
    def closed(self) -> list[Contact]:
        return [contact for contact in self.answered if contact.closings]


def wait(contact: Contact) -> int:
    """Return how long it waited until something became of it."""
    return (contact.answered_at or contact.abandoned_at or contact.flowed_at or 0) - contact.at


def reply_wait(contact: Contact) -> int:
    return (contact.replied_at or 0) - contact.at


def time_in(contact: Contact, *kinds: str, until: int = NEVER) -> int:
    """Return its microseconds of these kinds before `until`; what goes on counts up to there."""
    ours = (stretch for stretch in contact.stretches if stretch.kind in kinds)
    return sum(stretch.within(until) for stretch in ours if until < NEVER or stretch.end is not None)


def _levels(answered: list[Contact], waited: Callable[[Contact], int], count: Count) -> dict[str, Number]:
    """Return the variants of the service level over who was answered, and how long each had waited for it.

    Each contact is answered, abandoned or flowed out: who was answered counts as that alone.
    """
    in_time = sum(waited(contact) <= contact.target * SECOND for contact in answered)
    early = sum(wait(contact) <= contact.target * SECOND for contact in count.abandoned)
    short = sum(wait(contact.on_wall) <= SHORT for contact in count.abandoned)
    a, b = len(answered), len(count.abandoned)
    once = {id(contact) for contact in answered}
    out = sum(id(contact) not in once for contact in count.flowed)
    return {
        "NEG": ratio(in_time, a + b),
        "POS": ratio(in_time + early, a + b),
        "ANS": ratio(in_time, a),
        "IGN": ratio(in_time, a + b - early),
        "SHORTCREDIT": ratio(in_time + short, a + b),
        "SHORTEXCL": ratio(in_time, a + b - short),
        "FLOW": ratio(in_time, a + b + out),
    }


def service_level(count: Count) -> dict[str, Number]:
    accepted = _levels(count.answered, wait, count)
    replied = _levels(count.replied, reply_wait, count)
    return {f"SL.{name}@1": value for name, value in accepted.items()} | {
        f"SL.{name}.REPLY@{2 if name == 'FLOW' else 1}": value for name, value in replied.items()
    }


def speed(count: Count) -> dict[str, Number]:
    off, a, b = len(count.mine), len(count.answered), len(count.abandoned)
    short = sum(wait(contact.on_wall) <= SHORT for contact in count.abandoned)
    waits = [wait(contact) for contact in count.answered]
    gone = [wait(contact) for contact in count.abandoned]
    offers = [what for contact in count.mine for what in contact.offers]
    missed = sum(what in {"declined", "expired"} for what in offers)
    calls = [kept for contact in count.mine for kept in contact.calls]
    return {
        "OFF@1": Fraction(off),
        "ANS.ACCEPT@1": Fraction(a),
        "ANS.REPLY@1": Fraction(len(count.replied)),
        "ABN@1": Fraction(b),
        "FO@1": Fraction(len(count.flowed)),
        "ANS.RATE@1": ratio(a, off),
        "ABN.RATE@1": ratio(b, off),
        "ABN.ADJ@1": ratio(b - short, off - short),
        "ASA.QUEUE@1": average(waits),
        "ASA.ALLWAIT@1": average([time_in(contact, LINE, AGAIN) for contact in count.answered]),
        **{f"ASA.P{percent}@1": nearest_rank(waits, percent) for percent in (50, 90, 95)},
        "ATA@1": average(gone),
        **{f"ATA.P{percent}@1": nearest_rank(gone, percent) for percent in (50, 90)},
        "RONA@1": ratio(missed, len(offers)),
        "RONA.NOABN@1": ratio(missed, len(offers) - offers.count("gone")),
        "CB.KEPT@1": ratio(sum(calls), len(calls)),
    }


def handle_time(contact: Contact, *kinds: str) -> int:
    """Return the time of these kinds up to when an agent's work with it ended last."""
    return time_in(contact, *kinds, until=contact.endings[-1])


def elapsed(contact: Contact) -> int:
    """Return the time from each answer to the end of the work, less from a closing to the next answer."""
    return handle_time(contact, AGAIN, TALK, HOLD, AWAITED, SNOOZED, WRAP_UP)


def handling(count: Count) -> dict[str, Number]:
    handled = [contact for contact in count.answered if contact.endings]
    times = [elapsed(contact) for contact in handled]
    wrapped = [contact for contact in handled if _is_wrapped(contact.on_wall)]
    handed = [how for contact in handled for how in contact.handed]
    return {
        "AHT.ELAPSED@1": average(times),
        "AHT@1": average([handle_time(contact, TALK, HOLD, WRAP_UP) for contact in handled]),
        **{f"AHT.P{percent}@1": nearest_rank(times, percent) for percent in (50, 90, 95)},
        **{
            f"AHT.BESIDE.{k}@1": average([elapsed(c) for c in handled if c.beside and min(c.beside, 4) == k])
            for k in (1, 2, 3, 4)
        },
        "ACW@1": average([handle_time(contact, WRAP_UP) for contact in wrapped]),
        "TRF@1": ratio(len(handed), len(handled)),
        "TRF.QUEUE@1": ratio(handed.count("queue"), len(handled)),
        "TRF.AGENT@1": ratio(handed.count("agent") + handed.count("consult"), len(handled)),
        "TRF.CONSULT@1": ratio(handed.count("consult"), len(handled)),
        "HOLD.ABN@1": Fraction(sum(contact.left_on_hold for contact in count.mine)),
        "SHORT.TALK@1": Fraction(sum(handle_time(contact.on_wall, TALK) < HARDLY for contact in handled)),
    }


def _is_wrapped(contact: Contact) -> bool:
    """Tell whether its work ended after a wrap-up, however short."""
    return any(one.kind == WRAP_UP and one.start <= contact.endings[-1] for one in contact.stretches)


def replies(count: Count) -> dict[str, Number]:
    firsts = [told - asked for contact in count.mine for asked, told in contact.firsts]
    nexts = [told - asked for contact in count.mine for asked, told in contact.nexts]
    after = [(c.replied_at or 0) - c.answered_at for c in count.replied if c.answered_at is not None]
    closed = count.closed
    ours = [time_in(c, LINE, AGAIN, TALK, HOLD, CALL, until=c.closings[-1]) for c in closed]
    work = [time_in(c, LINE, AGAIN, TALK, CALL, until=c.closings[-1]) for c in closed]
    return {
        "FRT.CUSTOMER@1": average(firsts),
        "FRT.P90@1": nearest_rank(firsts, 90),
        "FRT.ASSIGNED@1": average(after),
        "NRT@1": average(nexts),
        "CLOSED@1": Fraction(len(closed)),
        "RES.FIRST@1": average([_resolution(c, c.closings[0]) for c in closed]),
        "RES.TOTAL@1": average([_resolution(c, c.closings[-1]) for c in closed]),
        "RWT@1": average(ours),
        "AWT@1": average(work),
        "REOPEN.1D@1": ratio(sum(_is_reopened(c.on_wall, DAY) for c in closed), len(closed)),
        "REOPEN.7D@1": ratio(sum(_is_reopened(c.on_wall, 7 * DAY) for c in closed), len(closed)),
        **{f"FCR.REPEAT.{days}D@1": _at_once(count, days * DAY) for days in (1, 2, 7)},
        **_authors(count),
    }


def _resolution(contact: Contact, closed_at: int) -> int:
    return closed_at - contact.at - time_in(contact, AWAITED, CLOSED, until=closed_at)


def _is_reopened(contact: Contact, within: int) -> bool:
    """Tell whether a closing was followed by a reopening so soon."""
    pairs = zip(contact.closings, contact.reopenings, strict=False)
    return any(opened - closed <= within for closed, opened in pairs)


def _at_once(count: Count, within: int) -> Number:
    known = [contact for contact in count.closed if contact.reason and contact.customer is not None]
    return ratio(sum(not _is_repeated(contact.on_wall, count, within) for contact in known), len(known))


def _is_repeated(contact: Contact, count: Count, within: int) -> bool:
    """Tell whether its customer was back for the same reason so soon after it was closed."""
    since = contact.closings[0]
    return any(
        other.interaction != contact.interaction and other.customer == contact.customer
        and other.reason == contact.reason and since < other.opened_at <= since + within
        for other in count.everybody
    )  # fmt: skip


def _authors(count: Count) -> dict[str, Number]:
    wrote = [{by == "agent" for by in contact.authors} for contact in count.mine if contact.authors]
    return {
        "BY.HUMAN@1": ratio(wrote.count({True}), len(wrote)),
        "BY.AUTOMATIC@1": ratio(wrote.count({False}), len(wrote)),
        "BY.MIXED@1": ratio(wrote.count({True, False}), len(wrote)),
    }


def clocks(count: Count) -> dict[str, Number]:
    ended = [clock for contact in count.mine for clock in contact.clocks]
    names = {"FIRST": "first", "NEXT": "next", "RESOLUTION": "resolution", "UPDATE": "update"}
    each = {f".{name}": [ok for kind, ok in ended if kind == word] for name, word in names.items()}
    every = {"": [ok for _kind, ok in ended]} | each
    late = Fraction(sum(contact.late for contact in count.mine))
    attained = {f"SLA.ATTAIN{name}@1": ratio(sum(oks), len(oks)) for name, oks in every.items()}
    return attained | {"SLA.LATE@1": late}
