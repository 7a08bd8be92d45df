"""What an agent writes: replies, notes, drafts; and that they are writing, and reading.

A text is bound to a conversation, a client and the last number its writer had seen. Whatever does not fit is
refused with words and the text is kept where it was written.
"""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.http import SignedInRequest
from core import clock, live
from core.errors import RoomError
from desk import reading
from desk.answers import agents_only, back_to, refuse, wants_json
from desk.conversations import client_for, open_conversation, scope
from desk.lines import Reader, lines_of
from desk.values import Line, conversation_path
from desk.views.pages import show
from desk.wording import reader_of
from interactions import access, actions
from interactions.choices import DraftKind, PlaceState, State
from interactions.errors import MovedOn
from interactions.live import visitor_group
from interactions.values import MessageView
from routing.actions import bring_to_front
from tenants.values import BrandCard
from workforce.queries import shown_name


class WrongPlace(RoomError):
    """The text was written for another conversation or client than it was sent to."""

    code = "wrong_place"

    def __init__(self) -> None:
        super().__init__(_("This text belongs to another conversation. Nothing was sent; your text is kept."))


class NoName(RoomError):
    """The text came without an id of its own, so a repeat of it could not be told from a second message."""

    status = 422
    code = "bad_client_id"

    def __init__(self) -> None:
        super().__init__(
            _("This could not be sent as it came. Nothing was sent; your text is kept. Send it again.")
        )


@agents_only
@require_POST
def replies(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Send a reply to the customer."""
    return _write(request, slug, ref, kind=DraftKind.REPLY)


@agents_only
@require_POST
def notes(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Add an internal note; it has an address of its own, so that no reply is ever taken for one."""
    return _write(request, slug, ref, kind=DraftKind.NOTE)


@agents_only
@require_POST
def draft(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Keep what is being written; `kind` is reply or note. `turn`: go on with the other of the two."""
    client, kind = client_for(request.actor, slug), request.POST.get("kind", "")
    turn = request.POST.get("turn", kind)
    if not {kind, turn} <= set(DraftKind.values):
        return HttpResponse(status=422)
    body = request.POST.get("body", "")
    with scope(request.actor, client):
        actions.save_draft(
            ref, agent_id=request.actor.user_id, kind=DraftKind(kind), body=body, now=clock.now()
        )
    if "turn" in request.POST:
        return back_to(f"{conversation_path(slug, ref)}?mode={turn}")
    return HttpResponse(status=204)


@agents_only
@require_POST
def typing(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Tell the customer's page that an answer is being written."""
    client = client_for(request.actor, slug)
    with scope(request.actor, client):
        talk = access.get_interaction(ref, agent_id=request.actor.user_id)
    place = talk.place_of(request.actor.user_id)
    if talk.state == State.ACTIVE and place != PlaceState.CONSULTING:
        told = {"kind": "typing"} | ({"name": shown_name(request.actor.user_id, client.id)} if place else {})
        live.publish(visitor_group(client.id, ref), told)
    return HttpResponse(status=204)


@agents_only
@require_POST
def reading_mark(request: SignedInRequest, slug: str, ref: UUID) -> HttpResponseBase:
    """Note that everything up to `seq` stood in front of the agent, and that the conversation does now."""
    client, seq = client_for(request.actor, slug), request.POST.get("seq", "")
    if seq.isdecimal() and len(seq) < 10:
        with scope(request.actor, client):
            actions.read_up_to(ref, agent_id=request.actor.user_id, seq=int(seq))
        bring_to_front(client.id, ref, agent_id=request.actor.user_id, now=clock.now())
    return HttpResponse(status=204)


def _write(request: SignedInRequest, slug: str, ref: UUID, *, kind: DraftKind) -> HttpResponseBase:
    client = client_for(request.actor, slug)
    try:
        message, line = _store(request, client, ref, kind=kind)
    except RoomError as error:
        return _give_back(request, client, ref, error, kind=kind)
    if wants_json(request):
        html = render_to_string("desk/_messages.html", {"lines": (line,)})
        return JsonResponse({"seq": message.seq, "html": html}, status=201)
    return back_to(conversation_path(slug, ref))


def _store(
    request: SignedInRequest, client: BrandCard, ref: UUID, *, kind: DraftKind
) -> tuple[MessageView, Line]:
    """Write it in the brand's scope; returns the message and its line, with the day if it begins one."""
    form, actor, now = _form(request, client, ref), request.actor, clock.now()
    shown = shown_name(actor.user_id, client.id)
    common: dict[str, Any] = {"agent_id": actor.user_id, "author_shown": shown, "now": now}
    with scope(actor, client):
        if kind == DraftKind.REPLY:
            message = actions.reply(ref, **form, **common)
        else:
            form.pop("last_seq")
            message = actions.add_note(ref, **form, **common)
        above = reading.above(ref, message.seq)
    return message, lines_of([message], Reader(actor.user_id, "", "", now), before=above)[0]


def _form(request: SignedInRequest, client: BrandCard, ref: UUID) -> dict[str, Any]:
    """Read {client_id, body, last_seq}; raises NoName, and WrongPlace for another conversation's form."""
    data = request.POST
    if data.get("ref") != str(ref) or data.get("brand") != client.slug:
        raise WrongPlace
    last = data.get("last_seq", "")
    return {
        "client_id": client_id_of(data.get("client_id", "")),
        "body": data.get("body", ""),
        "last_seq": int(last) if last.isdecimal() and len(last) < 10 else 0,
    }


def client_id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoName from error


def _give_back(
    request: SignedInRequest, client: BrandCard, ref: UUID, error: RoomError, *, kind: DraftKind
) -> HttpResponse:
    """Refuse with words; the newer messages come along, and the text where no script holds it."""
    if wants_json(request):
        lines = _newer(request.actor, client, ref, error.since) if isinstance(error, MovedOn) else ()
        return refuse(request, error, html=render_to_string("desk/_messages.html", {"lines": lines}))
    if error.status == 404:
        return refuse(request, error)
    found = open_conversation(request.actor, client, ref, now=clock.now())
    written = {"kind": kind.value, "text": request.POST.get("body", ""), "error": str(error.message)}
    return show(request, found, status=error.status, written=written, mode=kind.value)


def _newer(actor: Actor, client: BrandCard, ref: UUID, since: int) -> tuple[Line, ...]:
    with scope(actor, client):
        talk, window = reading.news(ref, agent_id=actor.user_id, after=since)
        if not window.is_whole:
            window = reading.newest(ref)
    if talk is None:
        return ()
    return lines_of(window.messages, reader_of(actor.user_id, talk, now=clock.now()), before=window.before)
