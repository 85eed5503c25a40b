"""Addresses of the parts: the gallery and the way out."""

from django.urls import path

from minqing.doors.parts import gallery, leave, policy

urlpatterns = [
    path("leave", leave.leave, name="leave"),
    path("leave/start", leave.leave_to_start, name="leave-start"),
    path("csp-report", policy.held_back, name="csp-report"),
    path("gallery", gallery.gallery, name="gallery"),
    path("gallery/desk", gallery.gallery_desk, name="gallery-desk"),
    path("gallery/paper", gallery.gallery_paper, name="gallery-paper"),
]
