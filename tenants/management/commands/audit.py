"""`manage.py audit seal|anchor|verify|heads`: the chains over the audit trail, by hand."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from tenants.models import Brand
from tenants.scope import labour_scope
from tenants.trail import anchors, sealing
from tenants.trail.verification import Checked, verify

PROVIDER = "provider"


class Command(BaseCommand):
    help = "Seal the audit trail, anchor its chains, verify them, or print their heads to be kept elsewhere."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        seal = steps.add_parser("seal", help="seal all committed rows, as the worker does every two seconds")
        seal.add_argument("--batch", type=int, default=sealing.BATCH, help="rows in one transaction")
        steps.add_parser("anchor", help="anchor the chains that have grown, as the worker does each hour")
        verifying = steps.add_parser("verify", help="recompute the chains; exit code 1 names broken links")
        verifying.add_argument("--brand", help=f"the short name of one client, or '{PROVIDER}'")
        verifying.add_argument("--heads", help="a file that `audit heads` has printed earlier")
        steps.add_parser("heads", help="print each chain's newest position and hash")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['step']}")(options)

    def _seal(self, options: dict[str, Any]) -> None:
        if options["batch"] < 1:
            raise CommandError("--batch is a number of rows, 1 or more.")
        self.stdout.write(f"{sealing.seal_all(batch=options['batch'], wait=True)} rows sealed")

    def _anchor(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{anchors.anchor_chains()} chains anchored at {clock.now():%Y-%m-%d %H:%M:%S} UTC")

    def _heads(self, options: dict[str, Any]) -> None:
        names = _names()
        for head in anchors.heads():
            self.stdout.write(f"{_name(names, head.brand_id)} {head.position} {head.hash}")

    def _verify(self, options: dict[str, Any]) -> None:
        names = _names()
        chains = None if options["brand"] is None else [_chain(names, options["brand"])]
        noted = list(_read_heads(names, options["heads"])) if options["heads"] else []
        checked = verify(chains=chains, noted=noted)
        self._report(names, checked)
        if checked.broken:
            raise CommandError(f"{len(checked.broken)} broken: the trail is not what was written.")

    def _report(self, names: dict[int | None, str], checked: Checked) -> None:
        for brand_id in sorted(checked.lengths.keys() | checked.broken.keys(), key=lambda one: one or 0):
            name, found = _name(names, brand_id), checked.broken.get(brand_id)
            if found is None:
                self.stdout.write(f"{name}: {checked.lengths[brand_id]} links in order")
            else:
                row = "no row" if found.row_id is None else f"row {found.row_id}"
                self.stdout.write(f"{name}: broken at position {found.position}, {row}: {found.what}")


def _names() -> dict[int | None, str]:
    """Return each chain's name: the brand's short name, after it is gone with its number."""
    with labour_scope():
        rows = list(Brand.objects.values_list("pk", "slug", "state"))
    gone = {pk: f"{slug}#{pk}" for pk, slug, state in rows if state == "gone"}
    return {None: PROVIDER, **{pk: slug for pk, slug, _state in rows}, **gone}


def _name(names: dict[int | None, str], brand_id: int | None) -> str:
    return names.get(brand_id, f"#{brand_id}")


def _chain(names: dict[int | None, str], name: str) -> int | None:
    """Return whose chain has that name. Raises CommandError."""
    for brand_id, known in names.items():
        if name == known:
            return brand_id
    raise CommandError(f"No client has the short name {name!r}. The provider's own chain is {PROVIDER!r}.")


def _read_heads(names: dict[int | None, str], path: str) -> Iterator[anchors.Noted]:
    """Read what `audit heads` printed: lines of chain, position and hash. Raises CommandError."""
    try:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                yield _noted(names, line.split(), f"line {number} of {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None


def _noted(names: dict[int | None, str], words: list[str], by: str) -> anchors.Noted:
    if len(words) != 3 or not words[1].isdecimal():
        raise CommandError(f"In {by} there is no chain, position and hash.")
    return anchors.Noted(_chain(names, words[0]), int(words[1]), words[2], by)
