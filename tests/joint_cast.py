"""A joint standard of two fictional cities, from the proposal to its publication by the drafting one."""

from drafting_cast import ballot_on, cast, days, in_comments_of, person, round_of, take, today
from jizhun.collaboration.actions import areas, joint
from jizhun.collaboration.models import JointStandard
from jizhun.drafting.actions import ballots, comments, publishing, texts
from jizhun.drafting.models import Project
from jizhun.people.actions import grant
from jizhun.people.rules import SYSTEM

PINE, CYPRESS, AREA = "990100", "990200", "sample-pine-cypress"


def published_in_pine() -> Project:
    """A local standard of Pine Sample City that has gone all the way, in force from today."""
    project = in_comments_of(PINE)
    comments.close_consultation(by=person("province-editor"), consultation=round_of(project))
    texts.issue(by=person("province-editor"), project=project, label="review")
    project = take(project, "examine")
    cast(ballot_on(project), "approve", "approve", "approve")
    ballots.close_ballot(by=person("province-editor"), ballot=project.ballots.get())
    texts.issue(by=person("province-editor"), project=project, label="approval")
    project = take(project, "approve")
    regulator = person("market-regulator")
    project = publishing.set_number(by=regulator, project=project, number=f"DB9901/T 5-{today().year}",
                                    effective_on=today())
    seen = publishing.impact(project).fingerprint
    project = publishing.see_impact(by=person("province-editor"), project=project, seen=seen)
    return publishing.publish(by=regulator, project=project)


def joint_standard(project: Project) -> JointStandard:
    """The project made a joint standard of the area."""
    return joint.make_joint(by=person("province-editor"), area=areas.area_of(AREA), project=project,
                            regions=[CYPRESS])


def cypress_people() -> None:
    """An editor in Cypress Sample City: whoever is told of what Pine changes."""
    grant(by=SYSTEM, user=person("reader"), role="county_editor", region=CYPRESS, start=today() - days(1))


__all__ = ["AREA", "CYPRESS", "PINE", "cypress_people", "joint_standard", "published_in_pine"]
