"""The officials' pages, below ``work/``."""

from django.urls import path

from jizhun.workbench.ending import end
from jizhun.workbench.home import home
from jizhun.workbench.job_pages import job, jobs, rejects, start, stop
from jizhun.workbench.provision_page import one
from jizhun.workbench.provisions import provision, provisions
from jizhun.workbench.sign_in import sign_in, sign_out
from jizhun.workbench.upload import upload

urlpatterns = [
    path("", home, name="workbench"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("provisions/", provisions, name="provisions"),
    path("provisions/new/", provision, name="provision"),
    path("provisions/end/", end, name="provision-end"),
    path("provisions/<int:pk>/", one, name="one-provision"),
    path("upload/", upload, name="upload"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<str:token>/", job, name="job"),
    path("jobs/<str:token>/start/", start, name="job-start"),
    path("jobs/<str:token>/stop/", stop, name="job-stop"),
    path("jobs/<str:token>/rejects.csv", rejects, name="rejects"),
]
