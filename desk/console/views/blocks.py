"""The blocked visitors of a client: until when, why, by whom; a block that was wrong is lifted."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from desk.console.access import client_of_page, client_scope, console_page
from desk.console.answers import said
from desk.console.tabs import tab_context
from interactions import blocking
from interactions.actions import lift_block


@console_page(Permission.BLOCKS)
@require_safe
def blocks(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the newest blocks, past ones too."""
    client = client_of_page(slug)
    with client_scope(request.actor, client, to=Permission.BLOCKS):
        rows = blocking.blocks(clock.now())
    context = tab_context(client, "blocks") | {"rows": rows, "zone": request.actor.timezone}
    return render(request, "console/blocks.html", context)


@console_page(Permission.BLOCKS)
@require_POST
def lift(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponse:
    """Let the visitor write again."""
    client, actor = client_of_page(slug), request.actor
    done = said(request, _("Lifted. They can write again."))
    with done, client_scope(actor, client, to=Permission.BLOCKS):
        lift_block(ref, actor=actor.who, actor_id=actor.user_id, now=clock.now())
    return HttpResponseRedirect(reverse("console:blocks", args=(client.slug,)), status=303)
