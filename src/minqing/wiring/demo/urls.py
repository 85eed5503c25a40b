"""Addresses of /demo; wired only in demo mode."""

from django.urls import path

from minqing.wiring.demo import views

urlpatterns = [
    path("", views.demo, name="demo"),
    path("tours/<slug:door>", views.demo_tour, name="demo-tour"),
    path("sign-in", views.demo_sign_in, name="demo-sign-in"),
    path("clock", views.demo_clock, name="demo-clock"),
    path("reset", views.demo_reset, name="demo-reset"),
]
