"""What this room's verbs refuse, in words for the screen."""

from django.utils.translation import gettext_lazy as _

from core.errors import RoomError


class EmailTaken(RoomError):
    """Somebody signs in with this address already."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__(_("Somebody signs in with this e-mail address already."))


class HandoffRefused(RoomError):
    """The code is unknown, used, expired, or another brand's; which one is not told."""

    code = "handoff_refused"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This link has been used or has expired. Open the page again to get a new one."))


class AlreadySeated(RoomError):
    """The person has this role here."""

    status = 422
    code = "already_seated"

    def __init__(self) -> None:
        super().__init__(_("This person has this role here already."))


class AlreadyInvited(RoomError):
    """An invitation of the same address to the same role is open."""

    status = 422
    code = "already_invited"

    def __init__(self) -> None:
        super().__init__(_("This address is invited already. Send that invitation again, or withdraw it."))


class OwnSeat(RoomError):
    """Somebody would take their own seat away."""

    code = "own_seat"

    def __init__(self) -> None:
        super().__init__(_("This seat is your own. Somebody else of yours can end it, or your provider."))


class WrongRole(RoomError):
    """Such a role is not given there."""

    status = 422
    code = "wrong_role"

    def __init__(self) -> None:
        super().__init__(_("This role cannot be given here."))


class LastOwner(RoomError):
    """Without a platform owner nobody could appoint one."""

    code = "last_owner"

    def __init__(self) -> None:
        super().__init__(_("This is the last platform owner. Appoint another one first."))


class MayNotAppoint(RoomError):
    """Such a seat is not the actor's to give or take."""

    status = 422
    code = "may_not_appoint"

    def __init__(self) -> None:
        super().__init__(_("Your own seat does not give or take this one. Ask a platform owner."))


class CannotElevate(RoomError):
    """The step is none of theirs: no rule, no lasting seat below it, or the seat is held already."""

    status = 422
    code = "cannot_elevate"

    def __init__(self) -> None:
        super().__init__(_("This seat is not yours to take now. Choose one of the list, and say why."))


class TooManyInvitations(RoomError):
    """Somebody sends more invitations than a person does."""

    status = 429
    code = "too_many_invitations"

    def __init__(self) -> None:
        super().__init__(_("Too many invitations in an hour. Wait a while, then try again."))


class InvitationClosed(RoomError):
    """The invitation was accepted or withdrawn meanwhile: there is nothing to send or withdraw."""

    code = "invitation_closed"

    def __init__(self) -> None:
        super().__init__(_("This invitation was accepted or withdrawn meanwhile."))


class InvitationRefused(RoomError):
    """Why the link in an invitation's mail opens nothing; `title` is the page's heading."""

    status = 410
    title = _("This invitation is no longer good")


class InvitationUnknown(InvitationRefused):
    code = "invitation_unknown"
    status = 404

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no such invitation, or a newer mail has replaced it. Use the link in"
                " the newest one, and copy all of it."
            )
        )


class InvitationExpired(InvitationRefused):
    code = "invitation_expired"

    def __init__(self) -> None:
        super().__init__(_("It has expired. Ask who invited you to send it again."))


class InvitationUsed(InvitationRefused):
    code = "invitation_used"
    title = _("This invitation was accepted")

    def __init__(self) -> None:
        super().__init__(_("It works once, and that is done. If it was you, sign in."))


class InvitationWithdrawn(InvitationRefused):
    code = "invitation_withdrawn"

    def __init__(self) -> None:
        super().__init__(_("It was withdrawn. Ask who invited you if that surprises you."))


class InvitationForAnother(InvitationRefused):
    """Somebody is signed in who has another address than the one that is invited."""

    code = "invitation_for_another"
    status = 403
    title = _("This invitation is for another address")

    def __init__(self) -> None:
        super().__init__(_("You are signed in with an address that is not the invited one."))


class InvitedMayNotSignIn(InvitationRefused):
    """The address belongs to somebody who may not sign in any more."""

    code = "invited_may_not_sign_in"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("The person with this address may not sign in. Ask who invited you."))
