"""The officials' pages, below ``work/``."""

from django.urls import path

from jizhun.workbench.home import home
from jizhun.workbench.provisions import provision, provisions
from jizhun.workbench.sign_in import sign_in, sign_out
from jizhun.workbench.upload import job, rejects, upload

urlpatterns = [
    path("", home, name="workbench"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("provisions/", provisions, name="provisions"),
    path("provisions/new/", provision, name="provision"),
    path("upload/", upload, name="upload"),
    path("jobs/<str:token>/", job, name="job"),
    path("jobs/<str:token>/rejects.csv", rejects, name="rejects"),
]
