"""Badges: verified by others' libraries offline, and what each change of one character does to them."""

import base64
import gzip
import json
import stat
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

import components
from certified import SITE, days_from_now, described, faster, issued, user
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.training.actions import badges, certificates
from jizhun.training.badges import keys
from jizhun.training.badges.keys import base58
from jizhun.training.badges.quads import canonical_quads
from jizhun.training.badges.status import LENGTH, encoded, place_of

pytestmark = pytest.mark.usefixtures("world", "db")
VERIFIER = Path(__file__).parents[1] / "badges" / "verify.mjs"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of one's own."""
    monkeypatch.setattr(settings, "KEYS", tmp_path / "keys")
    return tmp_path / "keys"


def documents() -> dict[str, Any]:
    """What lies at the addresses that a badge names."""
    made = [badges.issuer(site=SITE), *(badges.key(number=one.number, site=SITE) for one in badges._keys()),
            *(badges.status_list(purpose=purpose, number=1, site=SITE) for purpose in ("revocation", "suspension"))]
    return {one["id"]: one for one in made}


def verified(credential: dict[str, Any], token: str = "") -> dict[str, Any]:
    """What the independent verifier says of it."""
    known = documents()
    said = {"documents": known, "credential": credential, "token": token,
            "key": badges.key(number=badges._keys()[-1].number, site=SITE)}
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", VERIFIER.read_text("utf-8")], input=json.dumps(said),
        capture_output=True, text=True, check=False, cwd=components.badge_verifier(), timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def made() -> dict[str, Any]:
    described()
    return badges.badge(number=issued().number, site=SITE)


@pytest.mark.badges
class TestByOthers:
    def test_a_badge_is_verified_and_read_as_we_read_it(self) -> None:
        credential = made()
        found = verified(credential)
        assert (found["verified"], found["error"]) == (True, "")
        assert found["quads"] == canonical_quads(credential)
        assert found["status"] == {"revocation": False, "suspension": False}

    @pytest.mark.parametrize("path", [("name",), ("validUntil",), ("issuer", "name"),
                                      ("credentialSubject", "achievement", "humanCode")])
    def test_a_badge_that_was_changed_is_not(self, path: tuple[str, ...]) -> None:
        credential = deepcopy(made())
        spot = credential
        for name in path[:-1]:
            spot = spot[name]
        spot[path[-1]] = spot[path[-1]].replace(spot[path[-1]][0], "3", 1)
        assert not verified(credential)["verified"]

    def test_the_lists_say_what_was_revoked_and_what_lapsed(self) -> None:
        described()
        issued()
        revoked, lapsed = issued(evidence="2"), issued("county-clerk-elsewhere", on=days_from_now(-30))
        certificates.revoke(by=user("trainer"), number=revoked.number, reason="a mistake")
        faster(days_from_now(-15))
        found = {one.number: verified(badges.badge(number=one.number, site=SITE))["status"]
                 for one in (revoked, lapsed)}
        assert found == {revoked.number: {"revocation": True, "suspension": False},
                         lapsed.number: {"revocation": False, "suspension": True}}
        certificates.renew(by=user("trainer"), number=lapsed.number, evidence="refresher", mark=8000)
        assert verified(badges.badge(number=lapsed.number, site=SITE))["status"]["suspension"] is False

    def test_what_an_old_key_signed_still_counts(self) -> None:
        described()
        number = issued().number
        before = badges.badge(number=number, site=SITE)
        badges.change_key(by=SYSTEM, region="CN")
        after = badges.badge(number=number, site=SITE)
        assert before["proof"]["verificationMethod"] != after["proof"]["verificationMethod"]
        assert verified(before)["verified"] and verified(after)["verified"]

    def test_the_token_holds_the_same_document(self) -> None:
        described()
        number = issued().number
        credential, token = badges.badge(number=number, site=SITE), badges.badge_token(number=number, site=SITE)
        found = verified(credential, token)["token"]
        assert found["head"]["alg"] == "EdDSA"
        assert found["document"] == {name: value for name, value in credential.items() if name != "proof"}


def test_a_badge_names_nobody() -> None:
    text = json.dumps(made(), ensure_ascii=False)
    assert "张" not in text and "county-clerk" not in text
    assert "模拟 / simulated" in text


def test_the_key_is_its_owner_s_only_and_stays(own_keys: Path) -> None:
    first = badges.issuer(site=SITE)
    assert first == badges.issuer(site=SITE)
    assert stat.S_IMODE((own_keys / "issuer-1.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(own_keys.stat().st_mode) == 0o700


def test_of_a_key_rotated_out_only_the_public_part_is_left(own_keys: Path) -> None:
    badges.issuer(site=SITE)
    badges.change_key(by=SYSTEM, region="CN")
    assert sorted(path.name for path in own_keys.iterdir()) == ["issuer-1.json", "issuer-2.json", "issuer-2.key"]
    assert [bool(one.retired) for one in keys.public_keys(own_keys)] == [True, False]
    with pytest.raises(Forbidden):
        badges.change_key(by=user("county-editor"), region="CN")


def test_a_damaged_key_is_told_in_a_sentence(own_keys: Path) -> None:
    badges.issuer(site=SITE)
    (own_keys / "issuer-1.key").write_text("nothing")
    with pytest.raises(Refused, match="cannot be read"):
        badges.issuer(site=SITE)


def test_two_that_ask_at_once_get_the_same_key(own_keys: Path) -> None:
    keys._made(own_keys, timezone.now(), 1)
    once = (own_keys / "issuer-1.key").read_bytes()
    keys._made(own_keys, timezone.now(), 1)
    assert (own_keys / "issuer-1.key").read_bytes() == once
    assert len(list(own_keys.iterdir())) == 2


@pytest.mark.parametrize(("purpose", "number"), [("nothing", 1), ("revocation", 0), ("revocation", 2)])
def test_there_are_no_other_lists(purpose: str, number: int) -> None:
    with pytest.raises(certificates.NoSuchCertificate):
        badges.status_list(purpose=purpose, number=number, site=SITE)


def test_a_list_of_status_has_a_bit_each() -> None:
    raw = gzip.decompress(base64.urlsafe_b64decode(encoded([0, 9, LENGTH - 1])[1:] + "=="))
    assert len(raw) == LENGTH // 8 and (raw[0], raw[1], raw[-1]) == (0x80, 0x40, 0x01)
    assert place_of(LENGTH + 3) == (2, 3)


@pytest.mark.parametrize(("raw", "text"), [(b"", ""), (b"\0\0a", "112g"), (b"Hello World!", "2NEpo7TZRRrLZSi2U")])
def test_base58_as_its_draft_has_it(raw: bytes, text: str) -> None:
    assert base58(raw) == text


def test_what_is_signed_is_written_canonically() -> None:
    written = canonical_quads({"id": "x:1", "name": 'a"\\\n\x01é', "type": ["Profile"]})
    assert written == ('<x:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> '
                       '<https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile> .\n'
                       '<x:1> <https://schema.org/name> "a\\"\\\\\\n\\u0001é" .\n')
    with pytest.raises(KeyError):
        canonical_quads({"id": "x:1", "colour": "red"})
