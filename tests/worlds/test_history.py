"""The planted week: what it needs, and whom it must not hold up."""

import pytest
from django.core.management import CommandError, call_command


def it_is_not_done_when_nobody_is_there_to_play_it(db: None) -> None:
    with pytest.raises(CommandError, match="No agent of the demo world"):
        call_command("seed", history=True)
