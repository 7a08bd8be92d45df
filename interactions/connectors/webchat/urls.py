"""Pages and files of the web chat, on the brand's host."""

from django.urls import path

from interactions.connectors.webchat import views

urlpatterns = [
    path("w.js", views.loader, name="webchat-loader"),
    path("w/settings/<str:key>/", views.settings_json, name="webchat-settings"),
    path("w/panel/<str:key>/", views.panel, name="webchat-panel"),
    path("w/trial/<str:key>/", views.trial, name="webchat-trial"),
    path("w/session/", views.session, name="webchat-session"),
    path("shop/", views.shop, name="webchat-shop"),
]
