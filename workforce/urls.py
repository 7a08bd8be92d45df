"""The provider's host: the page behind the link to a first password."""

from django.urls import path

from workforce import views

urlpatterns = [path("welcome/<str:token>/", views.welcome, name="welcome")]
