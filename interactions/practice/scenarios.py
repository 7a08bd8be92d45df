"""What practice customers say, as data: words come from the catalogue of the language that they write in."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READS_SECONDS = 4
LETTERS_A_SECOND = 12


@dataclass(frozen=True)
class Scenario:
    """`lines`: the first opens (with a reason of the client), each further one follows an answer.

    After the last line the customer ends it. Without an answer they leave after `patience_seconds`.
    """

    name: str
    title: Promise
    lines: tuple[Promise, ...]
    patience_seconds: int = 900

    def line(self, number: int, *, reason: str = "") -> str:
        """Return the line of that number, the first is 0, in the language that is active."""
        return str(self.lines[number]) % {"reason": reason}


SCENARIOS = {
    one.name: one
    for one in (
        Scenario(
            "question",
            _("A calm question"),
            (
                _("Hello, I have a question. It is about: %(reason)s."),
                _("Thank you. I wrote to you last week as well, do you see that?"),
                _("I see. And how long will it take?"),
                _("That is all I wanted to know. Thank you!"),
            ),
        ),
        Scenario(
            "again",
            _("Writes for the second time"),
            (
                _("This is the second time I write about it: %(reason)s. Can you help me?"),
                _("I was told that somebody would call me. Nobody did."),
                _("And what will be different this time?"),
                _("Good, then I will wait for it. Bye."),
            ),
        ),
        Scenario(
            "angry",
            _("Angry"),
            (
                _("I am not happy at all. %(reason)s - and nobody has answered me yet."),
                _("That is what I was told the last time, too!"),
                _("I want to know who decides this."),
                _("Well. Thank you for taking the time."),
            ),
        ),
        Scenario(
            "card",
            _("Sends a card number"),
            (
                _("Hi! %(reason)s: what do I have to do?"),
                _("Can I pay for it here? My card is 4111 1111 1111 1111."),
                _("Oh. I will not do that again. What happens now?"),
                _("All right, I will do that. Thank you."),
            ),
        ),
        Scenario(
            "hurry",
            _("In a hurry: leaves after 90 seconds without an answer"),
            (
                _("%(reason)s. I have two minutes, is anybody there?"),
                _("Good. In one sentence, please: yes or no?"),
                _("That helps. I have to go."),
            ),
            patience_seconds=90,
        ),
        Scenario(
            "short",
            _("Says little"),
            (_("%(reason)s??"), _("yes"), _("no, the other one"), _("ok")),
        ),
    )
}


def seconds_to_write(line: str) -> int:
    """Return how long it takes to read an answer and to type the line."""
    return READS_SECONDS + len(line) // LETTERS_A_SECOND
