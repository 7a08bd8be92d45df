"""Onboardings for the provider's keys: begun, saved step by step, built, taken back."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.access import api_grant, get_brand
from accounts.api.calls import once
from accounts.api.schema import empty, listed
from accounts.api.shapes import (
    BRAND_ANSWER,
    BUILD_BODY,
    DRAFT_ANSWER,
    DRAFT_BODY,
    STEP_BODY,
    BrandOut,
    DraftIn,
    DraftOut,
    DraftRowOut,
    StepIn,
    VersionIn,
)
from accounts.api.views import ApiView
from accounts.keys.scopes import Scope
from core import clock
from core.errors import NotFound
from tenants.look.logos import read_logo
from tenants.onboarding import actions, pictures
from tenants.onboarding import brand as brand_step
from tenants.onboarding.access import every_draft, get_draft
from tenants.onboarding.blueprints import blueprint
from tenants.onboarding.registry import step_named, steps
from tenants.onboarding.shapes import Invalid
from tenants.onboarding.values import DraftView, view_of
from tenants.scope import labour_scope

READ, WRITE = Scope.BRANDS_READ, Scope.BRANDS_WRITE


class Onboardings(ApiView):
    """All onboardings that are not taken back, the newest first; a new one."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "POST": WRITE}

    @listed(DraftRowOut, operation="list_onboardings", summary="List onboardings")
    def get(self, request: Request) -> Response:
        return self.listed(every_draft, view_of, scope=labour_scope, shape=DraftRowOut)

    @extend_schema(
        operation_id="begin_onboarding", summary="Begin an onboarding; no brand is made yet",
        request=DraftIn, responses={201: DraftOut}, examples=[DRAFT_BODY, DRAFT_ANSWER],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        said = self.body(DraftIn)
        ref = once(request, lambda: self.begun(said))
        return Response(answer(get_draft(ref)), status=201)

    def begun(self, said: dict[str, Any]) -> UUID:
        """Begin it with the blueprint, or like the brand. Raises Invalid for what is not there."""
        like = None
        try:
            blueprint(said["blueprint"])
            like = get_brand(UUID(str(said["like"]))) if said["like"] else None
        except NotFound as error:
            where = "body.like" if said["like"] else "body.blueprint"
            raise Invalid({where: [str(error.message)]}) from error
        return actions.start(
            blueprint_name=said["blueprint"], like=like, kind=said["kind"], grant=api_grant(),
            actor=self.caller.who, now=clock.now(),
        ).ref  # fmt: skip


class OneOnboarding(ApiView):
    """One onboarding with what is still wrong with it; DELETE takes it back with the brand it made."""

    scopes: ClassVar[dict[str, str]] = {"GET": READ, "DELETE": WRITE}

    @extend_schema(
        operation_id="get_draft", summary="One onboarding, checked now", responses={200: DraftOut},
        examples=[DRAFT_ANSWER],
    )  # fmt: skip
    def get(self, request: Request, ref: UUID) -> Response:
        return Response(answer(get_draft(ref)))

    @extend_schema(
        operation_id="undo_onboarding", summary="Take an onboarding back that is not live, with its brand",
        responses={204: empty("It is gone.")},
    )  # fmt: skip
    def delete(self, request: Request, ref: UUID) -> Response:
        draft = get_draft(ref)
        actions.undo(ref, version=draft.version, actor=self.caller.who, now=clock.now())
        return Response(status=204)


class OneStep(ApiView):
    """One step of an onboarding: PUT keeps its data, or only checks it."""

    scopes: ClassVar[dict[str, str]] = {"PUT": WRITE}

    @extend_schema(
        operation_id="save_step", summary="Keep one step, or with `keep: false` only check it",
        parameters=[
            OpenApiParameter(
                "step", {"type": "string", "maxLength": 40}, OpenApiParameter.PATH,
                description="One of the steps of an onboarding file, such as `brand` or `queues`.",
            )
        ],
        request=StepIn, responses={200: DraftOut}, examples=[STEP_BODY, DRAFT_ANSWER],
    )  # fmt: skip
    def put(self, request: Request, ref: UUID, step: str) -> Response:
        draft = get_draft(ref)
        if step_named(step) is None:
            raise NotFound
        said = self.body(StepIn)
        if step == brand_step.NAME and pictures.KEY in said["data"]:
            said["data"], picture = pictures.take_out(said["data"], pictures.from_base64)
            with pictures.at_its_key(), transaction.atomic():
                return Response(answer(self.kept_logo(self.kept(draft, step, said), picture, said)))
        return Response(answer(self.kept(draft, step, said)))

    def kept(self, draft: DraftView, step: str, said: dict[str, Any]) -> DraftView:
        """Keep the step's data, or only check it."""
        data, version = said["data"], said["version"]
        if not said["keep"]:
            actions.check_step(draft, step, data, version=version)
            return draft
        return actions.save_step(
            draft.ref, step, data, version=version, grant=api_grant(), actor=self.caller.who, now=clock.now()
        )

    def kept_logo(self, draft: DraftView, picture: bytes | None, said: dict[str, Any]) -> DraftView:
        """Keep the picture, None for none any more; or only look at it. Raises BadLogo."""
        did: dict[str, Any] = {"version": draft.version, "actor": self.caller.who, "now": clock.now()}
        if not said["keep"]:
            if picture is not None:
                read_logo(picture)
            return draft
        if picture is None:
            return actions.forget_logo(draft.ref, **did)
        return actions.keep_logo(draft.ref, picture, **did)


class Build(ApiView):
    """The brand of an onboarding: POST makes it."""

    scopes: ClassVar[dict[str, str]] = {"POST": WRITE}

    @extend_schema(
        operation_id="build_brand", summary="Make the brand of an onboarding, whole or not at all",
        request=VersionIn, responses={201: BrandOut}, examples=[BUILD_BODY, BRAND_ANSWER],
    )  # fmt: skip
    def post(self, request: Request, ref: UUID) -> Response:
        get_draft(ref)
        said = self.body(VersionIn)
        made = once(request, lambda: self.built(ref, said["version"]))
        return Response(BrandOut(get_brand(made)).data, status=201)

    def built(self, ref: UUID, version: int) -> UUID:
        draft = actions.build(ref, version=version, grant=api_grant(), actor=self.caller.who, now=clock.now())
        if draft.brand is None:
            raise NotFound
        return draft.brand.ref


def answer(draft: DraftView) -> dict[str, Any]:
    """Write the onboarding with what is wrong now, {path: [words]} over all steps."""
    errors = actions.errors_of(draft) if draft.is_open else {}
    state = [
        {"name": step.name, "needed": step.needed, "saved": step.name in draft.saved} for step in steps()
    ]
    said: dict[str, Any] = dict(DraftRowOut(draft).data)
    return said | {"data": draft.data, "steps": state, "errors": errors, "ready": not errors}
