"""The workbench says in the page's language who spoke, what clauses are called, and what is to be done."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from drafting_cast import COUNTY, in_comments, opened, person, published, round_of
from jizhun.drafting.actions import comments
from jizhun.drafting.models import Project
from jizhun.people.models import User
from jizhun.regions.actions import tree

pytestmark = pytest.mark.usefixtures("world", "db")


def page(name: str, address: str, *args: object, language: str = "en", query: str = "") -> str:
    """A page as this demonstration login reads it."""
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(username=name))
    with override("zh-hans" if language == "zh" else "en"):
        return client.get(reverse(address, args=args) + query).content.decode()


def test_the_clauses_to_choose_from_are_called_in_the_reader_s_language() -> None:
    number = published().number
    english = page("county-clerk", "standard-report", query=f"?number={number}")
    chinese = page("county-clerk", "standard-report", query=f"?number={number}", language="zh")
    assert "Time limit</option>" in english and "办理时限" not in english and "办理时限</option>" in chinese


def test_the_table_of_comments_names_bodies_by_their_place() -> None:
    project = in_comments()
    body = comments.comment_for_body(by=person("county-editor"), consultation=round_of(project), region=COUNTY,
                                     text="做不到。")
    name = tree().known(COUNTY).name
    type(body).objects.update(desk=project.region, body=name.zh)
    english = page("province-editor", "resolution", project.code)
    assert name.en in english and name.zh not in english and f">{COUNTY}<" not in english
    assert name.zh in page("province-editor", "resolution", project.code, language="zh")


@pytest.mark.parametrize("task, shown", [
    ("请核对时限", '<span lang="zh-Hans">请核对时限</span>'), ("Check the limits", "<span>Check the limits</span>")])
def test_what_is_to_be_done_says_in_which_language_it_is(task: str, shown: str) -> None:
    project = opened()
    client = Client(headers={"accept-language": "en"})
    client.force_login(person("province-editor"))
    with override("en"):
        client.post(reverse("project-act", args=[project.code]),
                    {"do": "hand", "username": "province-editor", "task": task})
    assert Project.objects.get(pk=project.pk).task_zh == task
    assert shown in page("province-editor", "project", project.code)
