"""The brand's blocked visitors; its managers lift a block that was wrong."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.permissions import Permission
from core import clock
from interactions import blocking
from interactions.actions import lift_block
from portal.access import Visit, portal_page


@portal_page(Permission.OWN_BLOCKS)
@require_safe
def blocks(request: SignedInRequest, visit: Visit) -> HttpResponse:
    """Show the newest blocks, past ones too."""
    with visit.scope():
        rows = blocking.blocks(clock.now())
    return render(request, "portal/blocks.html", {"rows": rows, "zone": visit.brand.timezone})


@portal_page(Permission.OWN_BLOCKS)
@require_POST
def lift(request: SignedInRequest, visit: Visit, ref: UUID) -> HttpResponse:
    """Let the visitor write again."""
    with visit.scope():
        lift_block(ref, actor=visit.actor.who, actor_id=visit.actor.user_id, now=clock.now())
    messages.success(request, _("Lifted. They can write again."))
    return HttpResponseRedirect("/blocks/", status=303)
