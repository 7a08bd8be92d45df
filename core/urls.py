"""Addresses of no room, the same on every host."""

from django.urls import path

from core import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("t/brand.css", views.brand_css, name="brand-css"),
    path("t/mark.svg", views.mark, name="mark"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/<slug:sample>/", views.styleguide, name="styleguide-screen"),
]
