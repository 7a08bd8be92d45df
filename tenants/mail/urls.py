"""Where the demo shows its mails, on every host."""

from django.urls import path

from tenants.mail import shown

app_name = "mail"

urlpatterns = [
    path("dev/mail/", shown.mails, name="list"),
    path("dev/mail/<uuid:ref>/", shown.mail, name="one"),
    path("dev/mail/<uuid:ref>/html/", shown.html, name="html"),
]
