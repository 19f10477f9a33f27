"""A draft open for comments in the home that JIZHUN_HOME names, made through the product's own acts."""

import json
import os

import django


def make() -> dict[str, object]:
    """Open a round on the short text; says its number and the keys of two clauses."""
    from drafting_cast import PROVINCE, clause, days, opened, person, today, written
    from jizhun.drafting.actions import comments, projects, texts

    editor = person("province-editor")
    project = projects.take(by=editor, project=opened(overlap_reason="细化到县级。", on=today() - days(60)),
                            act="submit", on=today() - days(60))
    project = projects.take(by=person("market-regulator"), project=project, act="accept",
                            on=today() - days(50))
    written(project)
    texts.save_clause(by=editor, project=project, clause=clause(
        "clause", "- 窗口\n- 网上", "- at the counter\n- online", heading=("渠道", "Channels")))
    draft = texts.issue(by=editor, project=project, label="comment", on=today() - days(33))
    project = projects.take(by=editor, project=project, act="consult", on=today() - days(32))
    round_ = comments.open_consultation(by=editor, project=project, draft=draft, opens_on=today() - days(31),
                                        closes_on=today() + days(9), announced="省厅网站公告")
    facts = draft.facts()
    said = comments.comment_as_public(consultation=round_, text="希望当日办结。", address="192.0.2.1",
                                      clause=facts[5].key, quote="2 working days", name="王女士")
    comments.moderate(by=editor, comment=said, show=True)
    return {"round": round_.pk, "limit": facts[5].key, "channels": facts[6].key, "place": PROVINCE, "said": said.token}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
    django.setup()
    print(json.dumps(make()))
