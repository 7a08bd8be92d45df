"""A client's routing: the rules by which contacts get their queue, a dry run, why who was asked."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from core.errors import NotFound, RoomError
from core.ids import new_ref
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.answers import said
from desk.console.rule_forms import RuleForm, condition_words, initial_of
from desk.console.tabs import tab_context
from desk.console.verdicts import arm_words, verdict_words
from interactions import actions
from interactions.errors import Invalid
from interactions.hours import list_calendars, queue_hours
from interactions.placing import (
    DryRun,
    all_rules,
    dry_run,
    inbox_named,
    inboxes,
    removed_rules,
    rules_of,
    with_draft,
)
from interactions.queries import outcome_rows, queue_names, queue_refs
from interactions.rules import Rule
from routing import decisions as kept
from tenants.values import BrandCard
from workforce.queries import skill_codes

SHOWN = 50


@console_page(Permission.RULES)
@require_safe
def rules(request: SignedInRequest, slug: str) -> HttpResponse:
    """List the rules of each inbox, and the newest decisions of the router."""
    client, now = client_of_page(slug), clock.now()
    with client_scope(request.actor, client, to=Permission.RULES):
        calendars = {str(view.ref): view.name for view in list_calendars(now)}
        names, standing, removed = queue_names(), all_rules(), removed_rules(now)
        rows = [
            {
                "ref": inbox.ref,
                "name": inbox.name,
                "queue": inbox.queue.name,
                "rules": _shown(standing.get(inbox.pk, []), names, calendars),
                "removed": removed.get(inbox.pk, []),
            }
            for inbox in inboxes()
        ]
        outcomes = outcome_rows()
    context = tab_context(client, "rules") | {
        "inboxes": rows,
        "outcomes": outcomes,
        "decisions": kept.decision_lines(client.id, request.GET.get("page", 1)),
    }
    return render(request, "console/routing/rules.html", context)


@console_page(Permission.RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: SignedInRequest, slug: str, inbox: UUID) -> HttpResponse:
    """Make a rule of the inbox; `try` shows what it would have done, without making it."""
    return _rule(request, client_of_page(slug), inbox, None)


@console_page(Permission.RULES)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: SignedInRequest, slug: str, inbox: UUID, ref: UUID) -> HttpResponse:
    """Change a rule; `try` shows what it would have done."""
    return _rule(request, client_of_page(slug), inbox, ref)


@console_page(Permission.RULES)
@require_POST
def move(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Put the rule at the place `to` (1 is the first) of its order."""
    client, to = client_of_page(slug), request.POST.get("to", "")
    if not (to.isascii() and to.isdecimal() and len(to) < 4):
        raise NotFound
    with client_scope(request.actor, client, to=Permission.RULES):
        place = actions.move_rule(ref, to=int(to) - 1, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Moved: it is number %(place)d now.") % {"place": place + 1})
    return HttpResponseRedirect(f"{_path(client, 'rules')}#rule-{ref}")


@console_page(Permission.RULES)
@require_POST
def remove(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Remove a rule; it can be put back."""
    client = client_of_page(slug)
    with client_scope(request.actor, client, to=Permission.RULES):
        row = actions.remove_rule(ref, actor=request.actor.who, now=clock.now())
    messages.success(request, _("Removed: %(name)s. You can put it back below.") % {"name": row.name})
    return HttpResponseRedirect(_path(client, "rules"))


@console_page(Permission.RULES)
@require_POST
def restore(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Put a removed rule back."""
    client = client_of_page(slug)
    with (
        said(request, _("Put back.")),
        client_scope(request.actor, client, to=Permission.RULES),
    ):
        actions.restore_rule(ref, actor=request.actor.who, now=clock.now())
    return HttpResponseRedirect(_path(client, "rules"))


@console_page(Permission.RULES)
@require_POST
def hard(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say which outcomes make a contact a hard one."""
    client = client_of_page(slug)
    with client_scope(request.actor, client, to=Permission.RULES):
        actions.mark_hard(request.POST.getlist("hard"), actor=request.actor.who, now=clock.now())
    messages.success(request, _("Saved. It holds for what is closed from now on."))
    return HttpResponseRedirect(f"{_path(client, 'rules')}#hard")


@console_page(Permission.RULES)
@require_safe
def dry(request: SignedInRequest, slug: str, inbox: UUID) -> HttpResponse:
    """Ask the inbox's rules about its last 500 conversations."""
    client = client_of_page(slug)
    with client_scope(request.actor, client, to=Permission.RULES):
        row = inbox_named(inbox)
        run = dry_run(row, rules_of(row.pk), now=clock.now())
    context = tab_context(client, "rules") | {"inbox": row, "inbox_queue": row.queue.name}
    return render(request, "console/routing/dry.html", context | _run(request, run))


@console_page(Permission.DECISIONS)
@require_safe
def decisions(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Say of one conversation why each agent was asked, and while it waits what keeps it from the others."""
    client, now = client_of_page(slug), clock.now()
    made = kept.decisions_about(client.id, ref)
    standing = kept.standing(client.id, ref, now)
    if not made and standing is None:
        raise NotFound
    context = tab_context(client, "rules") | {
        "ref": ref,
        "made": [{"row": row, "arm": arm_words(row.arm)} for row in made],
        "standing": [
            {
                "name": name,
                "word": verdict.word,
                "words": verdict_words(verdict.word),
                "until": verdict.until,
            }
            for name, verdict in standing or ()
        ],
        "waits": standing is not None,
    }
    return render(request, "console/routing/decisions.html", context)


# ---- what the pages show ----


def _rule(request: SignedInRequest, client: BrandCard, inbox_ref: UUID, ref: UUID | None) -> HttpResponse:
    now, posted = clock.now(), request.POST if request.method == "POST" else None
    with client_scope(request.actor, client, to=Permission.RULES):
        inbox = inbox_named(inbox_ref)
        standing = rules_of(inbox.pk)
        known = next((one for one in standing if one.ref == ref), None)
        if ref and known is None:
            raise NotFound
        refs = queue_refs()
        initial = (
            initial_of(known, refs) if known else {"ref": new_ref(now), "queue": refs.get(inbox.queue_id)}
        )
        form = RuleForm(posted, queues=queue_hours(), calendars=list_calendars(now), initial=initial)
        run = None
        if form.is_valid():
            if "try" in form.data:
                run = _try(form, inbox, standing, refs)
            elif _save(request, form, inbox_ref, now):
                messages.success(request, _("Saved. It holds for the next conversation."))
                return HttpResponseRedirect(_path(client, "rules"))
    context = tab_context(client, "rules") | {
        "inbox": inbox, "inbox_queue": inbox.queue.name, "form": form, "rule": known, "skills": skill_codes(),
    }  # fmt: skip
    if run:
        context |= _run(request, run) | {"tried": form.cleaned_data["name"]}
    return render(request, "console/routing/rule.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, form: RuleForm, inbox_ref: UUID, now: datetime) -> bool:
    data = form.cleaned_data
    try:
        actions.save_rule(
            data["ref"], inbox_ref=inbox_ref, name=data["name"], conditions=form.conditions(),
            queue_ref=data["queue"], need=data["need"], priority=data["priority"], version=data["version"],
            actor=request.actor.who, now=now,
        )  # fmt: skip
    except Invalid as error:
        form.blame(error)
    except NotFound:
        raise
    except RoomError as error:
        form.add_error(None, str(error.message))
    else:
        return True
    return False


def _try(form: RuleForm, inbox: Any, standing: list[Rule], refs: dict[int, UUID]) -> DryRun | None:
    """Ask the rules with this one among them, at its place; the verb's own checks are asked first."""
    data = form.cleaned_data
    by_ref = {ref: key for key, ref in refs.items()}
    if data["queue"] not in by_ref:
        raise NotFound
    draft = Rule(
        data["ref"], data["version"] or 0, data["name"], tuple(form.conditions()), by_ref[data["queue"]],
        data["need"], data["priority"],
    )  # fmt: skip
    if wrong := actions.check_rule(draft):
        form.blame(Invalid(wrong))
        return None
    return dry_run(inbox, with_draft(standing, draft), now=clock.now())


def _run(request: SignedInRequest, run: DryRun) -> dict[str, Any]:
    """What a dry run shows; `?only=differing` leaves out what would go where it went."""
    only = request.GET.get("only") == "differing" or "try" in request.POST
    rows = [row for row in run.rows if row.differs or not only]
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    return {"run": run, "total": len(run.rows), "page": page, "only": only}


def _shown(rules: list[Rule], names: dict[int, str], calendars: dict[str, str]) -> list[dict[str, Any]]:
    last = len(rules)
    return [
        {
            "rule": one,
            "queue": names.get(one.queue_id, ""),
            "conditions": [condition_words(each, calendars) for each in one.conditions],
            "place": place,
            "up": place - 1 if place > 1 else None,
            "down": place + 1 if place < last else None,
        }
        for place, one in enumerate(rules, start=1)
    ]


def _path(client: BrandCard, name: str, *args: Any) -> str:
    return reverse(f"console:{name}", args=(client.slug, *args))
