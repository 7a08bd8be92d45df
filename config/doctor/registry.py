"""The register of questions. A question returns what is fine, or raises `Ill` with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Question = Callable[[], str]


class Ill(Exception):
    """Something is wrong; `mend` says what to do about it."""

    def __init__(self, what: str, *, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


class Skip(Exception):
    """The question cannot be asked now; the message says why."""


@dataclass(frozen=True)
class Answer:
    name: str
    state: str
    text: str
    mend: str = ""


@dataclass(frozen=True)
class Entry:
    name: str
    ask: Question
    needs: str | None


_questions: list[Entry] = []


def question(name: str, *, needs: str | None = None) -> Callable[[Question], Question]:
    """Register a question; it is skipped when the one it `needs` was not answered well."""

    def register(ask: Question) -> Question:
        _questions.append(Entry(name, ask, needs))
        return ask

    return register


def answers() -> Iterator[Answer]:
    """Ask everything in the order of registration; a question that breaks is an answer too."""
    well: set[str] = set()
    for entry in _questions:
        if entry.needs and entry.needs not in well:
            yield Answer(entry.name, "skipped", f"needs {entry.needs}")
            continue
        answer = _answer(entry)
        if answer.state == "ok":
            well.add(entry.name)
        yield answer


def _answer(entry: Entry) -> Answer:
    try:
        return Answer(entry.name, "ok", entry.ask())
    except Skip as reason:
        return Answer(entry.name, "skipped", str(reason))
    except Ill as ill:
        return Answer(entry.name, "WRONG", str(ill), ill.mend)
    except Exception as error:  # a broken question must not hide the others
        return Answer(entry.name, "WRONG", f"{type(error).__name__}: {error}", "See the message.")
