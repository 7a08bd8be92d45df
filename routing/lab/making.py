"""Days made up from a seed: three clients, sixty people of several skills, ten hours, a shape of trouble."""

import random
from collections.abc import Callable, Iterator

from routing.lab.day import Contact, Day, Person, Queue, Span
from routing.penalty import Terms

HOUR = 3600.0
OPEN_HOURS = 10
CURVE = (0.6, 0.9, 1.2, 1.3, 1.0, 0.9, 1.1, 1.2, 1.0, 0.8)  # contacts by hour, beside the day's mean
NEEDS = ("", "", "swedish >= 3 [20s: 2, 60s: 0]", "billing or refunds >= 2")

QUEUES = (
    Queue(11, 1, 30, 34, "webchat", Terms(80, "day", ((80, 400), (70, 1200), (60, 2500)))),
    Queue(12, 1, 120, 25, "email", Terms(90, "day")),
    Queue(21, 2, 60, 34, "webchat", Terms(80, "day", ((80, 150), (60, 500)))),
    Queue(22, 2, 20, 34, "webchat", Terms(75, "day", ((75, 900), (65, 2000)))),
    Queue(31, 3, 90, 34, "webchat", Terms(70, "day", ((70, 100),))),
)
RATES = {11: 200.0, 12: 80.0, 21: 160.0, 22: 80.0, 31: 150.0}  # contacts an hour
HANDLES = {11: 420.0, 12: 500.0, 21: 480.0, 22: 300.0, 31: 450.0}  # seconds, mean
PEOPLE = 60

Shape = Callable[[int, float], float]


def even(queue_id: int, at: float) -> float:
    """A day as planned."""
    return 1.0


def flood(queue_id: int, at: float) -> float:
    """One client's contacts triple for an hour and a half before noon."""
    return 3.0 if queue_id == 11 and 3 * HOUR <= at < 4.5 * HOUR else 1.0


def short(queue_id: int, at: float) -> float:
    """A quarter more of everything than was planned for."""
    return 1.25


def closure(queue_id: int, at: float) -> float:
    """A client closes for two hours and gets all of it afterwards."""
    if queue_id // 10 != 2:
        return 1.0
    return 0.05 if 4 * HOUR <= at < 6 * HOUR else 2.2 if 6 * HOUR <= at < 7 * HOUR else 1.0


SHAPES: dict[str, Shape] = {shape.__name__: shape for shape in (even, flood, short, closure)}


def make_day(seed: int, shape: str = "even", *, people: int = PEOPLE) -> Day:
    """Make the day of that seed and shape up; the same one each time."""
    rng = random.Random(f"{shape} {seed}")
    share = people / PEOPLE
    contacts = sorted(_contacts(rng, SHAPES[shape], share), key=lambda one: one.at)
    numbered = tuple(
        Contact(number, one.queue_id, one.at, one.handle, one.patience, one.need)
        for number, one in enumerate(contacts, start=1)
    )
    staff = tuple(_person(rng, number) for number in range(1, people + 1))
    return Day(f"{shape} {seed}", OPEN_HOURS * HOUR, QUEUES, staff, numbered)


def _contacts(rng: random.Random, shape: Shape, share: float) -> Iterator[Contact]:
    """Thin a steady stream of arrivals down to the rate of the hour (Lewis and Shedler 1979)."""
    for queue in QUEUES:
        most = RATES[queue.id] * share * max(CURVE) * 3.0 / HOUR
        at = rng.expovariate(most)
        while at < OPEN_HOURS * HOUR:
            rate = RATES[queue.id] * share * CURVE[int(at // HOUR)] * shape(queue.id, at) / HOUR
            if rng.random() < rate / most:
                yield _contact(rng, queue, at)
            at += rng.expovariate(most)


def _contact(rng: random.Random, queue: Queue, at: float) -> Contact:
    handle = rng.lognormvariate(0, 0.6) * HANDLES[queue.id] / 1.2  # mean of the factor: exp(0.18)
    patience = None if queue.channel == "email" else 30 + rng.expovariate(1 / 400)
    return Contact(0, queue.id, at, handle, patience, rng.choice(NEEDS))


def _person(rng: random.Random, number: int) -> Person:
    """One client's own, or of two, or of all three; a tenth falls ill in the middle of the day."""
    brands = rng.sample((1, 2, 3), rng.choice((1, 1, 2, 2, 2, 3)))
    queues = {queue.id: 1 for queue in QUEUES if queue.brand_id in brands}
    skills = {code: rng.randint(1, 5) for code in ("swedish", "billing", "refunds") if rng.random() < 0.7}
    return Person(number, _spans(rng, ill=rng.random() < 0.1), queues, skills)


def _spans(rng: random.Random, *, ill: bool) -> tuple[Span, ...]:
    """A shift of eight hours and a half that begins in the first one and a half, with three breaks."""
    begins = rng.choice((0.0, 0.0, 0.5, 1.0, 1.5)) * HOUR
    ends = begins + (rng.uniform(2, 6) if ill else 8.5) * HOUR
    breaks = [(begins + hours * HOUR + rng.uniform(-900, 900), minutes * 60)
              for hours, minutes in ((2, 15), (4.2, 45), (6.5, 15))]  # fmt: skip
    spans, at = [], begins
    for start, length in breaks:
        if start < ends:
            spans.append((at, start))
            at = start + length
    if at < ends:
        spans.append((at, ends))
    return tuple(spans)
