"""What I was told: the list, and the private feed of it, whose address can be renewed and taken away."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jizhun.frame.addresses import short
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.feed import end_feed, feed_token, notices_of, reader_of, renew_feed
from jizhun.people.models import Notice, User
from jizhun.workbench.upload import user_of

NOTICES_LISTED = 1000
TITLE = Bilingual("基准：我的通知", "Jizhun: my notices")
LONGEST_TITLE = 120


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """Everything I was told, the newest first, and the address of the feed."""
    user = user_of(request)
    columns = [Column("at", _("Told"), "date"), Column("text", _("Notice"), "head")]
    rows: list[list[Cell | str]] = [[f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}",
                                     Cell(words(one.text), href=page_of(one))]
                                    for one in notices_of(user, NOTICES_LISTED)]
    shown = listing(request, Table("notices", _("Notices"), columns, rows, caption_hidden=True, stacked=True))
    return show(request, "workbench/notices.html", {
        "listing": shown, "feed": _address(request, user), "mail": user.email}, [shown.whole])


def page_of(one: Notice) -> str:
    """The page that a notice is about, in the reader's language; "" where there is none."""
    path, mark, query = one.href.partition("?")
    if not path:
        return ""
    return f"/{short(get_language())}/{path.rstrip('/')}/{mark}{query}"


def _address(request: HttpRequest, user: User) -> str:
    token = feed_token(user)
    return request.build_absolute_uri(reverse("notice-feed", args=[token])) if token else ""


@login_required
@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """A new address, the first or another; or none any more."""
    if request.POST.get("do") == "end":
        end_feed(by=user_of(request))
    else:
        renew_feed(by=user_of(request))
    return HttpResponseRedirect(f"{reverse('notices')}#feed")


@require_safe
def notice_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed as Atom, for whoever knows the address. Not kept by proxies, not found by search."""
    user = reader_of(token)
    if user is None:
        raise Http404
    told = notices_of(user)
    feed = Atom1Feed(title=words(TITLE), link=request.build_absolute_uri(reverse("notices")), description=None,
                     language=get_language() or "en", author_name=words(Bilingual("基准", "Jizhun")),
                     feed_url=request.build_absolute_uri(), feed_guid=_name(request, f"user-{user.pk}"))
    for one in told:
        text = words(one.text)
        feed.add_item(title=text.splitlines()[0][:LONGEST_TITLE] or one.about, description=escape(text),
                      link=request.build_absolute_uri(page_of(one) or reverse("notices")),
                      unique_id=_name(request, f"notice-{one.pk}"), pubdate=one.at, updateddate=one.at)
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type, headers={
        "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"})
    return response


def _name(request: HttpRequest, thing: str) -> str:
    """A name that stays when the address is renewed (a tag URI)."""
    return f"tag:{request.get_host().split(':')[0]},2026:{thing}"
