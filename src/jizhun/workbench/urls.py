"""The officials' pages, below ``work/``."""

from django.urls import path

from jizhun.workbench.home import home
from jizhun.workbench.job_pages import job, jobs, rejects, start, stop
from jizhun.workbench.provisions import provision, provisions
from jizhun.workbench.sign_in import sign_in, sign_out
from jizhun.workbench.upload import upload

urlpatterns = [
    path("", home, name="workbench"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("provisions/", provisions, name="provisions"),
    path("provisions/new/", provision, name="provision"),
    path("upload/", upload, name="upload"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<str:token>/", job, name="job"),
    path("jobs/<str:token>/start/", start, name="job-start"),
    path("jobs/<str:token>/stop/", stop, name="job-stop"),
    path("jobs/<str:token>/rejects.csv", rejects, name="rejects"),
]
