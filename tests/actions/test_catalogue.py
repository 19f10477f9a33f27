"""Loading the catalogue into a real database, and a small list of another country beside it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from jizhun.catalogue import actions
from jizhun.catalogue.models import Group, Item, ItemInEdition, Matter
from jizhun.catalogue.rules import Catalogue
from jizhun.catalogue.rules.reading import read
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.regions.actions import revision
from jizhun.regions.models import Region

pytestmark = pytest.mark.django_db
FOLDER: Path = settings.DATA_DIR / "catalogue"
TOWN = """
root: US-XX
source: "Open data of a town, read 2026-11-24"
mark: SIM
items:
  - {code: XX-STREETS, name_zh: 街道, name_en: Streets, in_field: true}
matters:
  - {code: XX-STREETS-POTHOLE, name_zh: 路面坑洞, name_en: Pothole, kind: public_service, example_split: false}
groups:
  - {code: xx-tenant, name_zh: 租户, name_en: Tenants, precedence: 50}
"""


@pytest.fixture
def nation() -> actions.Loaded:
    return actions.load(by=SYSTEM, folder=FOLDER, owner="CN")


def town(folder: Path, text: str = TOWN) -> Path:
    (folder / "catalogue.yaml").write_text(text, "utf-8")
    return folder


def test_what_was_loaded_is_what_was_written(nation: actions.Loaded) -> None:
    written = read({file.name: file.read_text("utf-8") for file in FOLDER.glob("*.yaml")})
    kept = actions.read_content()
    for table in ("editions", "areas", "categories", "items", "entries", "matters", "groups"):
        assert getattr(kept, table) == getattr(written, table), table
    assert actions.catalogue().difference("2021", "2023") == Catalogue(written).difference("2021", "2023")
    assert (nation.editions, nation.items, nation.matters) == (2, 81, len(written.matters))


def test_loading_again_changes_nothing(nation: actions.Loaded) -> None:
    before, lines = revision("catalogue"), AuditLine.objects.count()
    pks = list(Matter.objects.order_by("code").values_list("code", "pk"))
    assert nation.changed > 300
    assert actions.load(by=SYSTEM, folder=FOLDER, owner="CN").changed == 0
    assert (revision("catalogue"), AuditLine.objects.count()) == (before, lines)
    assert list(Matter.objects.order_by("code").values_list("code", "pk")) == pks


def test_it_is_loaded_in_a_few_dozen_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(80):
        actions.load(by=SYSTEM, folder=FOLDER, owner="CN")


def test_asking_again_costs_one_small_query(nation: actions.Loaded, django_assert_num_queries: Any) -> None:
    first = actions.catalogue()
    with django_assert_num_queries(1):
        assert actions.catalogue() is first


@pytest.mark.usefixtures("nation")
def test_a_renamed_matter_shows_at_once_and_keeps_its_key(tmp_path: Path) -> None:
    actions.catalogue()
    key = Matter.objects.get(code="NB029-EX01").pk
    shutil.copytree(FOLDER, tmp_path / "catalogue")
    file = tmp_path / "catalogue" / "matters.yaml"
    file.write_text(file.read_text("utf-8").replace("name_zh: 失业保险金申领", "name_zh: 申领失业保险金"), "utf-8")
    assert actions.load(by=SYSTEM, folder=tmp_path / "catalogue", owner="CN").changed == 1
    assert actions.catalogue().name("NB029-EX01").zh == "申领失业保险金"
    assert Matter.objects.get(code="NB029-EX01").pk == key


@pytest.mark.usefixtures("nation")
def test_what_an_edition_no_longer_has_goes_but_the_item_stays(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "catalogue")
    file = tmp_path / "catalogue" / "items.yaml"
    file.write_text(file.read_text("utf-8").replace("name_en: Fitness for all",
                                                    'name_en: Fitness for all, last_edition: "2021"'), "utf-8")
    assert actions.load(by=SYSTEM, folder=tmp_path / "catalogue", owner="CN").changed == 1
    assert "NB080" not in actions.catalogue().editions["2023"]
    assert Item.objects.filter(code="NB080").exists()
    assert [row.edition.code for row in ItemInEdition.objects.filter(item__code="NB080")] == ["2021"]


@pytest.mark.usefixtures("nation")
def test_another_list_stands_beside_the_national_one(tmp_path: Path) -> None:
    loaded = actions.load(by=SYSTEM, folder=town(tmp_path), owner="XX")
    assert (loaded.items, loaded.matters, loaded.changed) == (1, 1, 3)
    held = actions.catalogue()
    assert held.chain("XX-STREETS-POTHOLE") == ("XX-STREETS-POTHOLE", "XX-STREETS", "*")
    assert held.groups("xx-tenant") == ("xx-tenant", "all")
    assert len(held.editions["2023"]) == 81
    assert Item.objects.get(code="XX-STREETS").root == "US-XX"


def test_another_list_stands_alone_with_everybody(tmp_path: Path) -> None:
    actions.load(by=SYSTEM, folder=town(tmp_path), owner="XX")
    assert actions.catalogue().groups("xx-tenant") == ("xx-tenant", "all")
    assert Group.objects.get(code="all").precedence == 999


def test_a_fault_in_the_last_row_leaves_nothing_behind(tmp_path: Path) -> None:
    faulty = TOWN.replace("precedence: 50", "precedence: fifty")
    with pytest.raises(Refused, match="line 10: “precedence” must be a whole number"):
        actions.load(by=SYSTEM, folder=town(tmp_path, faulty), owner="XX")
    assert not Item.objects.exists()
    assert revision("catalogue") == 0


@pytest.mark.usefixtures("nation")
@pytest.mark.parametrize(("row", "code"), [
    ("groups:\n  - {code: jobseeker, name_zh: 大家, name_en: Folks, precedence: 9}", "jobseeker"),
    ("matters:\n  - {code: NB029-EX01, item: NB029, name_zh: 改, name_en: Changed, kind: public_service, "
     "example_split: true}", "NB029-EX01"),
    ("items:\n  - {code: NB029, name_zh: 改, name_en: Changed, in_field: true}", "NB029")])
def test_no_list_says_another_s_things_anew(tmp_path: Path, row: str, code: str) -> None:
    """What the nation calls by a code stays what it is, whatever package comes; its own list may renew it."""
    before = actions.read_content()
    head = "root: US-XX\nsource: Open data of a town\nmark: SIM\n"
    with pytest.raises(Refused, match=f"“{code}” came with “CN”: “XX” cannot say it anew"):
        actions.load(by=SYSTEM, folder=town(tmp_path, head + row + "\n"), owner="XX")
    assert actions.read_content() == before
    assert actions.load(by=SYSTEM, folder=tmp_path, owner="CN").changed > 0


def test_everybody_is_everybody_in_every_list(tmp_path: Path) -> None:
    """A town's list that came first has everybody too, and does not stand in the nation's way; none says it anew."""
    actions.load(by=SYSTEM, folder=town(tmp_path), owner="XX")
    actions.load(by=SYSTEM, folder=FOLDER, owner="CN")
    folks = TOWN + "  - {code: all, name_zh: 大家, name_en: Folks, precedence: 999}\n"
    with pytest.raises(Refused, match="line 11: “all” is everybody"):
        actions.load(by=SYSTEM, folder=town(tmp_path, folks), owner="XX")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no catalogue file"):
        actions.load(by=SYSTEM, folder=tmp_path, owner="XX")


def test_a_stranger_may_not_load_it() -> None:
    Region.objects.create(code="CN", name_zh="中国", name_en="China", kind="nation", level=0, root="CN", mark="V")
    with pytest.raises(Forbidden):
        actions.load(by=User.objects.create(username="stranger"), folder=FOLDER, owner="CN")
    assert not Item.objects.exists()
