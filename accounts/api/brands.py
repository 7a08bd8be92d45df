"""Brands, for the provider's keys: set up, opened, paused, taken back, by the verbs of onboarding."""

import hashlib
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import api_grant, get_brand
from accounts.api.calls import once, once_key
from accounts.api.pages import HostPages
from accounts.api.problems import BODY
from accounts.api.schema import empty, listed
from accounts.api.shapes import (
    BRAND_ANSWER,
    BRAND_BODY,
    LIVE_BODY,
    SOFT_BODY,
    BrandOut,
    DomainOut,
    LiveIn,
    NothingIn,
    OnboardingOut,
    SoftIn,
    brand_in,
)
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core import clock
from core.errors import NotFound
from tenants.cards import card_by_id, card_of
from tenants.choices import BrandState
from tenants.models import Brand, Domain
from tenants.onboarding import actions
from tenants.onboarding.access import draft_of
from tenants.onboarding.checklist import checklist
from tenants.onboarding.files import onboard_plan, read_plan
from tenants.onboarding.shapes import Invalid
from tenants.onboarding.soft import soft_launch
from tenants.scope import labour_scope
from tenants.values import BrandCard

READ, WRITE = Scope.BRANDS_READ, Scope.BRANDS_WRITE


class Brands(ApiView):
    """All brands, the newest first; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}

    @listed(BrandOut, operation="list_brands", summary="List brands", examples=[BRAND_ANSWER])
    def get(self, request: Request) -> Response:
        return self.listed(_brands, card_of, scope=labour_scope, shape=BrandOut)

    @extend_schema(
        operation_id="create_brand", summary="Set a brand up, whole or not at all",
        request=brand_in(), responses={201: BrandOut}, examples=[BRAND_BODY, BRAND_ANSWER],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        ref = once(request, lambda: self.made(request))
        return Response(BrandOut(get_brand(ref)).data, status=201)

    def made(self, request: Request) -> UUID:
        """Make the brand. The same checks and verbs as the wizard's and a file's."""
        if not isinstance(request.data, dict):
            raise Invalid({BODY: [str(_("Send an object."))]})
        if "key" in request.data:
            raise Invalid({"key": [str(_("This key is not known here."))]})
        key = hashlib.sha256(f"{self.caller.who} {once_key(request)}".encode()).hexdigest()
        plan = read_plan({**request.data, "key": f"api:{key[:60]}"}, built_at_once=True)
        made = onboard_plan(plan, grant=api_grant(), actor=self.caller.who, now=clock.now())
        if made.draft.brand is None:
            raise NotFound
        return made.draft.brand.ref


class OneBrand(ApiView):
    """One brand; DELETE takes back what is not live yet."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "DELETE": WRITE}

    @extend_schema(
        operation_id="get_brand", summary="One brand", responses={200: BrandOut}, examples=[BRAND_ANSWER]
    )
    def get(self, request: Request, ref: UUID) -> Response:
        return Response(BrandOut(get_brand(ref)).data)

    @extend_schema(
        operation_id="undo_brand", summary="Take a brand back that was never live, with all it holds",
        responses={204: empty("It is gone.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID) -> Response:
        draft = draft_of(get_brand(ref).id)
        if draft is None:
            raise NotFound
        actions.undo(draft.ref, version=draft.version, actor=self.caller.who, now=clock.now())
        return Response(status=204)


class Domains(ApiView):
    """The host names that serve a brand."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}
    pages = HostPages

    @listed(DomainOut, operation="list_domains", summary="A brand's host names")
    def get(self, request: Request, ref: UUID) -> Response:
        brand_id = get_brand(ref).id
        return self.listed(
            lambda: Domain.objects.filter(brand_id=brand_id), _domain, scope=labour_scope, shape=DomainOut
        )


class Onboarding(ApiView):
    """How far a brand is from going live."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ}

    @extend_schema(
        operation_id="get_onboarding", summary="A brand's checklist, computed now",
        responses={200: OnboardingOut},
    )  # fmt: skip
    def get(self, request: Request, ref: UUID) -> Response:
        card = get_brand(ref)
        lines = checklist(card, api_grant(), now=clock.now())
        return Response(OnboardingOut({"state": card.state, "checks": lines}).data)


class Live(ApiView):
    """The public entrances are open: POST opens them the first time."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE}

    @extend_schema(
        operation_id="go_live", summary="Open a brand to its customers", request=LiveIn,
        responses={201: BrandOut}, examples=[LIVE_BODY, BRAND_ANSWER],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        reasons = self.body(LiveIn)["reasons"]
        card = get_brand(ref)
        return _moved(request, card, lambda: actions.go_live(
            card, reasons=reasons, grant=api_grant(), actor=self.caller.who, now=clock.now()
        ))  # fmt: skip


class SoftLaunch(ApiView):
    """The public entrances are open to some visitors: POST opens them so, or changes how far."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE}

    @extend_schema(
        operation_id="soft_launch", summary="Open a brand to some of its visitors", request=SoftIn,
        responses={201: BrandOut}, examples=[SOFT_BODY, BRAND_ANSWER],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        card, plan = get_brand(ref), self.body(SoftIn)
        reasons = plan.pop("reasons")
        return _moved(request, card, lambda: soft_launch(
            card, plan, reasons=reasons, grant=api_grant(), actor=self.caller.who, now=clock.now()
        ))  # fmt: skip


class Pause(ApiView):
    """The public entrances are closed for a while: POST closes them, DELETE opens them again."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE, "DELETE": WRITE}

    @extend_schema(
        operation_id="pause_brand", summary="Close a brand's public entrances", request=NothingIn,
        responses={201: BrandOut}, examples=[BRAND_ANSWER],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        self.body(NothingIn)
        card = get_brand(ref)
        return _moved(request, card, lambda: actions.pause(card, actor=self.caller.who, now=clock.now()))

    @extend_schema(
        operation_id="resume_brand", summary="Open them again", responses={204: empty("It is live again.")}
    )
    def delete(self, request: Request, ref: UUID) -> Response:
        actions.resume(get_brand(ref), actor=self.caller.who, now=clock.now())
        return Response(status=204)


class OwnBrand(ApiView):
    """On a brand's host: the brand whose key it is."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.BRAND_READ}

    @extend_schema(
        operation_id="get_own_brand", summary="The brand of this host", responses={200: BrandOut},
        examples=[BRAND_ANSWER],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        card = card_by_id(self.caller.brand_id or 0)
        if card is None:
            raise NotFound
        return Response(BrandOut(card).data)


def _brands() -> Any:
    return Brand.objects.exclude(state=BrandState.GONE)


def _domain(row: Domain) -> dict[str, Any]:
    return {"host": row.host, "kind": row.kind, "verified_at": row.verified_at}


def _moved(request: Request, card: BrandCard, move: Any) -> Response:
    """Change the brand's state once, and answer it as it is now."""

    def made() -> UUID:
        move()
        return card.ref

    return Response(BrandOut(get_brand(once(request, made))).data, status=201)
