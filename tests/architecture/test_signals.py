"""Signals run up only, and are few: each is a fact that a room above cannot do without."""

from config.launch.layout import PROJECT

MOST = 11


def it_has_fewer_than_twelve_each_of_which_somebody_hears() -> None:
    declared = [
        line.split(" = ")[0]
        for path in PROJECT.glob("*/signals.py")
        for line in path.read_text().splitlines()
        if line.endswith(" = Signal()")
    ]
    heard = "\n".join(path.read_text() for path in PROJECT.glob("*/receivers.py"))
    assert 0 < len(declared) <= MOST
    assert [name for name in declared if f"{name})\ndef " not in heard] == []
