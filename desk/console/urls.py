"""The console's addresses: a client's screens are `clients/<slug>/<topic>/`, named as their tabs are."""

from django.urls import path

from desk.console.views import overview

app_name = "console"

CLIENT = "clients/<slug:slug>/"

urlpatterns = [
    path(CLIENT, overview.overview, name="overview"),
]
