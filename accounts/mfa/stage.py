"""The step between the right password and the session, for who has set one up."""

from allauth.account.stages import LoginStage
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.mfa.factors import has_factor


class SecondStep(LoginStage):  # type: ignore[misc]
    """Stop the sign-in until accounts.mfa.views.second_step lets it go on."""

    key = "mfa_authenticate"
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is None or not has_factor(user.pk):
            return None, True
        return HttpResponseRedirect(reverse("mfa_authenticate")), True
