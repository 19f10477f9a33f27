"""Is a certificate good? By its number, or by the code printed on it; today, or on another day."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.certified import change_lines, sign_of, state_words
from jizhun.frame.fields import Field
from jizhun.frame.here import Here, public_page
from jizhun.frame.surround import NotFound
from jizhun.frame.tags import words
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import NoSuchCertificate, certificate, seen


@public_page
def certificates(request: HttpRequest, here: Here) -> HttpResponse:
    """Asks for a number, and leads to its page."""
    number, wrong = request.GET.get("number", "").strip(), ""
    if number:
        try:
            return HttpResponseRedirect(reverse("certificate", args=[certificate(number).number]))
        except NoSuchCertificate as missing:
            wrong = words(missing.sentence)
    field = Field("number", _("Number of the certificate"), number[:40], wrong, required=True,
                  hint=_("As printed on it, such as 2026-7KQ2-9XBT-M4RD"))
    return render(request, "portal/certificates.html", {"field": field, "wrong": wrong}, status=404 if wrong else 200)


@public_page
def certificate_page(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """What a certificate is worth on the day of the page; of its holder no more than they chose to show."""
    try:
        found = seen(certificate(number), here.on)
    except NoSuchCertificate as missing:
        raise NotFound(zh=missing.sentence.zh, en=missing.sentence.en) from None
    return render(request, "portal/certificate.html", {
        "seen": found, "certificate": found.certificate, "state": state_words(found), "sign": sign_of(found),
        "changes": change_lines(found), "place": tree().known(found.certificate.region)})
