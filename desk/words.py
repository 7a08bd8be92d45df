"""What the scripts of the desk say, in the reader's language. `{name}` stands for a value they put in."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "live": _("Live"),
        "reconnecting": _("Reconnecting"),
        "offline": _("Offline since {time}"),
        "offline_hint": _("The connection is gone. What you write is kept and sent when it is back."),
        "signed_out": _("Signed out."),
        "sign_in": _("Sign in"),
        "signed_out_kept": _("Not sent: you are signed out. Sign in in another tab, then press Retry."),
        "not_sent": _("Not sent"),
        "not_sent_elsewhere": _("Your message to {name} was not sent. It is kept there as a draft."),
        "not_responding": _(
            "Offers went by unanswered: you are set to Not responding. Go available to return."
        ),
        "not_done": _("That did not arrive. Try again in a moment."),
        "sending": _("Sending"),
        "too_long": _("That is {count} characters; 10,000 fit. Your text is still here."),
        "count": _("{count} of 10,000"),
        "no_files": _("Files cannot be sent yet. Nothing that you wrote is lost."),
        "they_wrote": _("They wrote since you started"),
        "draft_saving": _("Saving"),
        "draft_saved": _("Draft saved"),
        "draft_offline": _("Kept in this tab"),
        "new_one": _("1 new"),
        "new_many": _("{count} new"),
        "new_since": _("New since {time}"),
        "caught_up_one": _("Caught up, 1 new"),
        "caught_up_many": _("Caught up, {count} new"),
        "needs_one": _("1 conversation needs you"),
        "needs_many": _("{count} conversations need you"),
        "offer_new": _("Incoming chat, {brand}, {name}, {seconds} seconds. F2 accepts, F8 declines."),
        "offer_soon": _("{seconds} seconds left for {brand}, {name}."),
        "offer_late": _("Time ran out. The customer is back at their place."),
        "offer_gone": _("No longer on offer."),
        "offer_title": _("Incoming chat, {brand}"),
        "hold_over": _("{name} has been on hold for three minutes."),
        "notice_title": _("Incoming chat"),
    }
