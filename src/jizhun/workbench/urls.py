"""The officials' pages, below ``work/``."""

from django.urls import path

from jizhun.workbench.sign_in import sign_in, sign_out

urlpatterns = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("", sign_in, name="workbench"),
]
