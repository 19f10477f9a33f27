"""The two forms by which somebody comments on a draft: as one of the public, and for a body. What was typed is kept."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from jizhun.drafting.actions.comments import COMMENT, LONGEST, comment_as_public, comment_for_body
from jizhun.drafting.models import CommentRow, Consultation
from jizhun.drafting.rules.remarks import TYPES
from jizhun.frame.fields import Field
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree

PUBLIC, BODY = "public", "body"
NAMES = ("clause", "quote", "kind", "text", "proposed", "name", "notify", "region")
TRAP = "leave_empty"
"""A field that no person sees: what fills it is a machine."""
SALT = "jizhun.consultation"
LEAST_SECONDS, MOST_SECONDS = 3, 12 * 3600
"""A page is read and a comment written in more than the one and less than the other."""


@dataclass(frozen=True)
class Form:
    """One form as it was typed, and what is wrong with it: field -> sentence ("" for the whole)."""

    who: str
    typed: Mapping[str, str]
    stamp: str = ""
    clauses: Sequence[tuple[str, str]] = ()
    regions: Sequence[tuple[str, str]] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(anchor of the field, sentence)."""
        return [(f"{self.who}-{name or 'text'}", sentence) for name, sentence in self.wrong.items()]

    @property
    def fields(self) -> list[Field]:
        """The fields in their order."""
        kinds = [(code, words(name)) for code, name in TYPES.items()]
        region = [self._field("region", _("For which place you speak"), choices=self.regions)]
        own = [self._field("name", _("Who you are (optional)"), hint=_("Shown with the comment.")),
               self._field("notify", _("E-mail to be told at (optional)"), kind="email",
                           hint=_("Never shown. You are told there what becomes of your comment."))]
        said = [self._field("clause", _("What it is about"), choices=[("", _("the whole draft")), *self.clauses]),
                self._field("kind", _("Kind of comment"), choices=kinds),
                self._field("text", _("Your comment"), kind="textarea"),
                self._field("proposed", _("What it should say instead (optional)"), kind="textarea")]
        return [*said, *own] if self.who == PUBLIC else [*region, *said]

    def _field(self, name: str, label: str, kind: str = "text", hint: str = "",
               choices: Sequence[tuple[str, str]] = ()) -> Field:
        return Field(name, label, self.typed.get(name, ""), self.wrong.get(name, ""), hint, kind, choices, self.who)


def blank(who: str, clause: str) -> Form:
    """The form before anything is typed; ``clause``: which one the reader came to comment on."""
    return Form(who, {"clause": clause, "kind": "ge" if who == PUBLIC and not clause else "te"}, stamp_now())


def posted(data: QueryDict) -> Form:
    """The form as it was sent."""
    who = BODY if data.get("who") == BODY else PUBLIC
    return Form(who, {name: data.get(name, "").replace("\r\n", "\n").strip() for name in NAMES},
                data.get("stamp", ""))


# --- what is wrong ------------------------------------------------------------------------------------


def checked(form: Form, data: QueryDict, clauses: Sequence[str]) -> Form:
    """The form with all that is wrong with it, each beside its field."""
    wrong = {name: _("Too long: %(n)s characters at most.") % {"n": count(most)}
             for name, most in (*LONGEST.items(), ("name", LONGEST["body"])) if len(form.typed.get(name, "")) > most}
    if not form.typed["text"]:
        wrong["text"] = _("Write your comment.")
    if form.typed["clause"] and form.typed["clause"] not in clauses:
        wrong["clause"] = _("Choose a clause of this draft.")
    if form.typed["kind"] not in TYPES:
        wrong["kind"] = _("Choose the kind of comment.")
    if form.who == BODY:
        return replace(form, wrong=wrong)
    if form.typed["notify"] and not _is_address(form.typed["notify"]):
        wrong["notify"] = _("An e-mail address reads like name@example.org.")
    return _not_a_machine(replace(form, wrong=wrong), data)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _not_a_machine(form: Form, data: QueryDict) -> Form:
    """What a machine does and a person does not: fill what is hidden, send at once, send a page of long ago."""
    age = _age(form.stamp)
    if age is None or age > MOST_SECONDS:
        sentence = _("This page was open for too long. Your words are all here: send them again.")
        return replace(form, stamp=stamp_now(), wrong={**form.wrong, "": sentence})
    if age < LEAST_SECONDS:
        sentence = _("That was quicker than a person types. Wait a moment and send it again.")
        return replace(form, wrong={**form.wrong, "": sentence})
    if data.get(TRAP):
        sentence = _("A field that people do not see was filled in. Look at your words and send them again.")
        return replace(form, wrong={**form.wrong, "": sentence})
    return form


def stamp_now() -> str:
    """When the page was made, signed."""
    return signing.dumps(round(time.time(), 1), salt=SALT)


def _age(stamp: str) -> float | None:
    """Seconds since the page was made; None for what we did not sign."""
    try:
        return time.time() - float(signing.loads(stamp, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


# --- sending ------------------------------------------------------------------------------------------


def send(request: HttpRequest, form: Form, consultation: Consultation) -> CommentRow:
    """Hand the comment to the act that takes it; raises what the act refuses."""
    said = {name: form.typed[name] for name in ("text", "clause", "quote", "kind", "proposed")}
    if form.who == PUBLIC:
        return comment_as_public(consultation=consultation, address=address_of(request), name=form.typed["name"],
                                 notify=form.typed["notify"], **said)
    if not isinstance(request.user, User):
        raise Forbidden(zh="请先登录。", en="Sign in first.")
    return comment_for_body(by=request.user, consultation=consultation, region=form.typed["region"], **said)


def address_of(request: HttpRequest) -> str:
    """Where the request came from; behind our own proxy (HTTPS) the last hop that it names."""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return hops.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def places_spoken_for(request: HttpRequest, consultation: Consultation) -> list[tuple[str, str]]:
    """The places within the project's for which the one who is signed in may comment, with their names."""
    if not isinstance(request.user, User):
        return []
    try:
        held = regions_of(by=request.user, right=COMMENT)
    except Forbidden:
        return []
    top = consultation.project.region
    return [(code, words(tree().known(code).name)) for code in dict.fromkeys(held) if _within(code, top)]


def _within(code: str, top: str) -> bool:
    try:
        return top in path_to(code)
    except Refused:  # the place is no longer there
        return False
