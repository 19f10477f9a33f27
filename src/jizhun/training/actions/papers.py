"""A certificate as a PDF for its holder, and for whoever runs training where it was issued."""

from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import TEACH, certificate
from jizhun.training.actions.naming import name_of
from jizhun.training.documents import Paper, as_pdf
from jizhun.training.models import Certificate
from jizhun.training.rules.sources import KINDS


def may_see(*, by: User, kept: Certificate) -> bool:
    """Whether somebody sees the whole of a certificate: its holder, and who runs training there."""
    return kept.holder == by or allows(by=by, right=TEACH, path=path_to(kept.region))


def paper(*, by: User, number: str, language: str, site: str) -> bytes:
    """The PDF, as it was issued; ``site`` is the public address without a slash at its end."""
    kept = certificate(number)
    if not may_see(by=by, kept=kept):
        raise Forbidden(zh="只有持证人和当地培训管理人员可以取得证书文件。",
                        en="Only its holder and who runs training there get the paper.")
    covers = [(KINDS[one.source.kind], name_of(one.source.kind, one.source.key)) for one in kept.fact().learned]
    told = Paper(kept.number, kept.holder_name, kept.qualification.name, tree().known(kept.region).name,
                 kept.issued_on, kept.expires_on, f"{kept.mark / 100:g} / 100", covers, kept.simulated)
    return as_pdf(told, language, f"{site}/{language}/certificates/{kept.number}/")
