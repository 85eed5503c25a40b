"""Addresses of the parts: the way out."""

from django.urls import path

from minqing.doors.parts import leave

urlpatterns = [
    path("leave", leave.leave, name="leave"),
]
