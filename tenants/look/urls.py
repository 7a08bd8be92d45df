"""Logos, on every host."""

from django.urls import path

from tenants.look import views

urlpatterns = [path("t/logo/<slug:digest>/", views.logo, name="logo")]
