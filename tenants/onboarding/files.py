"""A client in one file: YAML in, {step: data} out, or every error by the path of its key.

`key` names the file for ever: what was made by it is not made twice. `blueprint` proposes what the file
leaves open. No alias is taken: what refers to itself has no end, and what doubles itself has no size.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, RoomError
from tenants.choices import BrandKind
from tenants.look.logos import Logo, read_logo
from tenants.onboarding import brand as brand_step
from tenants.onboarding import pictures
from tenants.onboarding.access import draft_by_key
from tenants.onboarding.actions import checked, onboard
from tenants.onboarding.blueprints import BLANK, blueprint
from tenants.onboarding.registry import Data, step_named
from tenants.onboarding.shapes import Errors, Invalid
from tenants.onboarding.values import DraftView, view_of
from tenants.values import Grant

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
LONGEST_KEY = 80
KINDS: tuple[str, ...] = (BrandKind.CLIENT, BrandKind.SANDBOX)
WHOLE = "file"
LOADER = yaml.SafeLoader


class KeyUsed(RoomError):
    """Something else was made by this key."""

    code = "key"

    def __init__(self) -> None:
        super().__init__(_("Another file was onboarded by this key. Give this one a key of its own."))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a good file asks for."""

    key: str
    digest: str
    steps: dict[str, Data]
    kind: str = BrandKind.CLIENT
    blueprint: str = BLANK
    picture: Logo | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What a file came to; `fresh` is false when it stood already."""

    draft: DraftView
    fresh: bool


def read_file(text: str, *, folder: Path = Path()) -> Plan:
    """Read and check the file, against the database too; `folder` is where it lies, with its logo.

    Raises Invalid with all that is wrong.
    """
    said, errors = read_yaml(text)
    if not isinstance(said, dict):
        raise Invalid(errors or {WHOLE: [str(_("This is no onboarding: begin with a key and a value."))]})
    return read_plan(said, errors, fetch=pictures.from_folder(folder))


def read_plan(
    said: Mapping[str, Any], errors: Errors | None = None, *, fetch: pictures.Fetch = pictures.from_base64,
    built_at_once: bool = False,
) -> Plan:  # fmt: skip
    """Check what was said: `key`, `kind`, `blueprint` and steps; `errors` are those of the writing.

    `fetch` makes bytes of what stands at `brand.logo`. Who builds it at once (`built_at_once`) has the steps
    checked there, by the same shapes: once is enough.

    Raises Invalid with all that is wrong.
    """
    steps = dict(said)
    key, name = steps.pop("key", None), steps.pop("blueprint", BLANK)
    kind = steps.pop("kind", BrandKind.CLIENT)
    errors = _head_errors(key, name, kind) | (errors or {})
    picture = _take_logo(steps, fetch, errors)
    for strange in [one for one in steps if step_named(one) is None]:
        errors.setdefault(strange, [str(_("This key is not known here."))])
        steps.pop(strange)
    proposed = {} if "blueprint" in errors else blueprint(name).data
    said_whole = [name, steps, *([kind] if kind != BrandKind.CLIENT else [])]
    said_whole += [picture.digest] if picture else []
    digest = hashlib.sha256(json.dumps(said_whole, sort_keys=True, default=str).encode()).hexdigest()
    plan = Plan(key, digest, _merged(proposed, steps), kind, name, picture)
    if errors or not built_at_once:
        errors = _step_errors(plan.steps, key=key, digest=digest) | errors
    if errors:
        raise Invalid(errors)
    return plan


def onboard_plan(plan: Plan, *, grant: Grant, actor: str, now: datetime) -> Made:
    """Make the client, or find that the same file made it before. Raises KeyUsed, Invalid, SlugTaken."""
    row = draft_by_key(plan.key)
    if row is None:
        draft = onboard(
            plan.steps, key=plan.key, digest=plan.digest, kind=plan.kind, blueprint_name=plan.blueprint,
            picture=plan.picture, grant=grant, actor=actor, now=now,
        )  # fmt: skip
        return Made(draft, fresh=True)
    if row.digest != plan.digest:
        raise KeyUsed
    return Made(view_of(row), fresh=False)


def read_yaml(text: str) -> tuple[Any, Errors]:
    """Return plain data and what is wrong with the writing: syntax, aliases, keys twice. Never raises."""
    if len(text.encode()) > MOST_BYTES:
        return None, {WHOLE: [str(_("The file is larger than a megabyte."))]}
    try:
        node = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, ValueError) as error:
        return None, {WHOLE: [f"{_('This is not YAML')}: {' '.join(str(error).split())}"]}
    except RecursionError:
        return None, {WHOLE: [str(_("This goes too deep."))]}
    errors: Errors = {}
    data = _Reader(errors).value(node, path="", above=()) if node is not None else None
    return data, errors


class _Reader:
    """Makes plain data of YAML's nodes; each stands in the file once, else it is an alias."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        self.seen: set[int] = set()
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, *, path: str, above: tuple[int, ...]) -> Any:
        words = self.fault(node, above)
        if words:
            self.errors.setdefault(path or WHOLE, []).append(str(words))
            return None
        self.seen.add(id(node))
        inside = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path=path, above=inside)
        if isinstance(node, yaml.SequenceNode):
            places = ((f"{path}.{n}".strip("."), one) for n, one in enumerate(node.value))
            return [self.value(one, path=where, above=inside) for where, one in places]
        return self.scalar(node, path)

    def fault(self, node: yaml.Node, above: tuple[int, ...]) -> Any:
        if id(node) in above:
            return _("This refers to itself.")
        if id(node) in self.seen:
            return _("Write it out here: aliases are not taken.")
        return _("This goes too deep.") if len(above) > MOST_DEPTH else None

    def mapping(self, node: yaml.MappingNode, *, path: str, above: tuple[int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            where = f"{path}.{key}".strip(".")
            if key in found:
                self.errors.setdefault(where, []).append(str(_("This key stands here twice.")))
                continue
            found[key] = self.value(value_node, path=where, above=above)
        return found

    def scalar(self, node: yaml.Node, path: str) -> Any:
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            self.errors.setdefault(path or WHOLE, []).append(str(_("This cannot be read.")))
            return None


def _take_logo(steps: dict[str, Any], fetch: pictures.Fetch, errors: Errors) -> Logo | None:
    """Take the picture out of the client's step; what is wrong with it joins the errors."""
    name = brand_step.NAME
    try:
        if name in steps:
            steps[name], data = pictures.take_out(steps[name], fetch)
            with pictures.at_its_key():
                return read_logo(data) if data is not None else None
    except Invalid as error:
        steps[name] = {key: value for key, value in steps[name].items() if key != pictures.KEY}
        errors |= error.errors
    return None


def _head_errors(key: Any, name: Any, kind: Any) -> Errors:
    errors: Errors = {}
    if not isinstance(key, str) or not 0 < len(key.strip()) <= LONGEST_KEY:
        errors["key"] = [str(_("Name this file by a short text of its own: it is never made twice."))]
    if kind not in KINDS:
        errors["kind"] = [str(_("Write client, or sandbox for training."))]
    try:
        blueprint(name)
    except NotFound:
        errors["blueprint"] = [str(_("There is no such blueprint."))]
    return errors


def _step_errors(steps: dict[str, Any], *, key: Any, digest: str) -> Errors:
    """Check the steps, unless the same file made its client already: its short name is taken, by itself."""
    row = draft_by_key(key) if isinstance(key, str) else None
    if row is not None and row.digest == digest:
        return {}
    try:
        checked(steps)
    except Invalid as error:
        return error.errors
    return {}


def _merged(proposed: dict[str, Data], said: dict[str, Any]) -> dict[str, Any]:
    """Return the blueprint's steps under the file's; of a step that both hold, the file's keys come first."""
    merged: dict[str, Any] = dict(proposed)
    for name, data in said.items():
        both = isinstance(data, dict) and isinstance(proposed.get(name), dict)
        merged[name] = proposed[name] | data if both else data
    return merged
