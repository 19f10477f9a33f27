"""The officials' pages, below ``work/``."""

from django.urls import path

from jizhun.workbench.attainment import rounds, sheet_page
from jizhun.workbench.attainment_place import round_evidence, round_place
from jizhun.workbench.attainment_round import one_round
from jizhun.workbench.ballot_page import ballot
from jizhun.workbench.blueprints import blueprint, blueprint_new
from jizhun.workbench.certificate_page import certificate_page, certificate_paper
from jizhun.workbench.certificates import certificate_issue, certificates
from jizhun.workbench.collaboration import collaboration, one_area
from jizhun.workbench.collaboration_register import end_line, register, try_the_cost
from jizhun.workbench.conduct import conduct_evidence, ledger, new_conduct, one_conduct
from jizhun.workbench.crossing import crossing
from jizhun.workbench.dashboard import composite, dashboard, equality
from jizhun.workbench.desk import desk
from jizhun.workbench.draft_files import bring, compare, draft, draft_file
from jizhun.workbench.editor import clause, move, remove, text
from jizhun.workbench.ending import end
from jizhun.workbench.errands import bring_counts, compute_index, errand, errand_forget, errand_stop
from jizhun.workbench.evaluation_hub import evaluation
from jizhun.workbench.exam_results import appeal, appeals, exam_results
from jizhun.workbench.exams import exam, exam_new, exams
from jizhun.workbench.findings import findings
from jizhun.workbench.guide_bulk import guide_bulk
from jizhun.workbench.guide_checks import guide_checks
from jizhun.workbench.guide_edit import guide_draft, guide_field
from jizhun.workbench.guide_list import guides
from jizhun.workbench.guide_page import work_guide
from jizhun.workbench.guide_places import claims, matters_ledger, point, points
from jizhun.workbench.guide_publish import into_step, publish
from jizhun.workbench.home import home
from jizhun.workbench.impact import impact, impact_json, impact_list, impact_see
from jizhun.workbench.job_list import jobs
from jizhun.workbench.job_pages import job, rejects, start, stop
from jizhun.workbench.joint import joint_page
from jizhun.workbench.learning_rights import learning_rights
from jizhun.workbench.notices import feed_renew, notice_feed, notices
from jizhun.workbench.pilot_evidence import evidence_file, month_evidence
from jizhun.workbench.pilot_page import work_pilot
from jizhun.workbench.pilot_programme import work_programme
from jizhun.workbench.pilots import pilot_desk, work_effect, work_practice
from jizhun.workbench.plan_page import plan
from jizhun.workbench.planning import fact, own, planning_evidence, work_planning
from jizhun.workbench.planning_adjusting import adjusting, adjustment
from jizhun.workbench.procedure_drawn import procedure_drawn
from jizhun.workbench.procedure_edit import procedure_steps
from jizhun.workbench.procedure_page import procedure_file
from jizhun.workbench.project_acts import act
from jizhun.workbench.project_page import project
from jizhun.workbench.projects import new, projects
from jizhun.workbench.provision_import import provision_import
from jizhun.workbench.provision_page import one
from jizhun.workbench.provisions import provision, provisions
from jizhun.workbench.publication_page import work_publication
from jizhun.workbench.publications import new_publication, work_publications
from jizhun.workbench.qualifications import qualifications_page
from jizhun.workbench.question_draft import question_draft
from jizhun.workbench.question_edit import question_edit, question_new
from jizhun.workbench.question_import import question_import
from jizhun.workbench.question_page import question
from jizhun.workbench.questions import questions
from jizhun.workbench.rating_clocks import rating_clocks
from jizhun.workbench.rating_page import rating
from jizhun.workbench.ratings import ratings
from jizhun.workbench.rectification import rectifications
from jizhun.workbench.rectification_page import rectification
from jizhun.workbench.reports import report, report_file, report_forget, report_new, report_stop, reports
from jizhun.workbench.resolution import comment_file, comment_table, resolution
from jizhun.workbench.reviews import one_case, one_review, reviews
from jizhun.workbench.rule_change import change_rule
from jizhun.workbench.rule_files import bring_rule, rule_file
from jizhun.workbench.rule_lists import rules
from jizhun.workbench.rule_model import draw_rule
from jizhun.workbench.rule_page import work_rule
from jizhun.workbench.sign_in import sign_in, sign_out
from jizhun.workbench.sittings import (
    my_sittings,
    sitting,
    sitting_begin,
    sitting_result,
    sitting_save,
    sitting_submit,
)
from jizhun.workbench.standard_work import report_form, standards_work
from jizhun.workbench.successions import succession, successions
from jizhun.workbench.surveys import one_survey, survey_form, surveys
from jizhun.workbench.training_contests import contest, contest_list, contest_new, contest_round
from jizhun.workbench.training_courses import course, course_list
from jizhun.workbench.training_coverage import training_coverage
from jizhun.workbench.training_edit import course_edit, course_new, unit_edit
from jizhun.workbench.training_hub import training
from jizhun.workbench.training_ledger import event_new, training_event, training_ledger
from jizhun.workbench.training_roster import roster
from jizhun.workbench.training_unit import course_picture, course_unit
from jizhun.workbench.upload import upload
from jizhun.workbench.what_if import ask, choose, what_ifs
from jizhun.workbench.what_if_page import drop, halt, what_if, what_if_workbook
from jizhun.workbench.what_if_sides import side_by_side

urlpatterns = [
    path("", home, name="workbench"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("provisions/", provisions, name="provisions"),
    path("provisions/new/", provision, name="provision"),
    path("provisions/end/", end, name="provision-end"),
    path("provisions/import/", provision_import, name="provision-import"),
    path("provisions/<int:pk>/", one, name="one-provision"),
    path("dashboard/", dashboard, name="work-dashboard"),
    path("dashboard/equality/", equality, name="work-equality"),
    path("dashboard/composite/", composite, name="work-composite"),
    path("findings/", findings, name="findings"),
    path("rectification/", rectifications, name="rectifications"),
    path("rectification/<int:pk>/", rectification, name="rectification"),
    path("publications/", work_publications, name="work-publications"),
    path("new-publication/", new_publication, name="work-publication-new"),
    path("publications/<str:code>/", work_publication, name="work-publication"),
    path("guides/", guides, name="work-guides"),
    path("guides/<str:matter>/", work_guide, name="work-guide"),
    path("guides/<str:matter>/draft/", guide_draft, name="work-guide-draft"),
    path("guides/<str:matter>/field/<str:code>/", guide_field, name="work-guide-field"),
    path("guides/<str:matter>/publish/", publish, name="work-guide-publish"),
    path("guides/<str:matter>/step/<str:code>/", into_step, name="work-guide-step"),
    path("guides/<str:matter>/steps/", procedure_steps, name="work-guide-steps"),
    path("guides/<str:matter>/drawn/", procedure_drawn, name="work-guide-drawn"),
    path("guides/<str:matter>/procedure.<str:form>", procedure_file, name="work-guide-file"),
    path("bulk/", guide_bulk, name="work-bulk"),
    path("checks/", guide_checks, name="work-checks"),
    path("claims/", claims, name="work-claims"),
    path("points/", points, name="work-points"),
    path("points/<str:code>/", point, name="work-point"),
    path("ledger/", matters_ledger, name="work-ledger"),
    path("ratings/", ratings, name="work-ratings"),
    path("ratings/clocks/", rating_clocks, name="work-rating-clocks"),
    path("ratings/<int:pk>/", rating, name="work-rating"),
    path("rules/", rules, name="work-rules"),
    path("rules/<str:code>/", work_rule, name="work-rule"),
    path("rules/<str:code>/change/", change_rule, name="work-rule-change"),
    path("rules/<str:code>/drawn/", draw_rule, name="work-rule-draw"),
    path("rules/<str:code>/file/", bring_rule, name="work-rule-bring"),
    path("rules/<str:code>/rule.<str:form>", rule_file, name="work-rule-file"),
    path("projects/", projects, name="projects"),
    path("projects/new/", new, name="project-new"),
    path("projects/<str:code>/", project, name="project"),
    path("projects/<str:code>/act/", act, name="project-act"),
    path("projects/<str:code>/text/", text, name="text"),
    path("projects/<str:code>/text/new/", clause, name="clause-new"),
    path("projects/<str:code>/text/import/", bring, name="text-import"),
    path("projects/<str:code>/text/<str:key>/", clause, name="clause"),
    path("projects/<str:code>/text/<str:key>/move/", move, name="clause-move"),
    path("projects/<str:code>/text/<str:key>/remove/", remove, name="clause-remove"),
    path("projects/<str:code>/changes/", compare, name="redline"),
    path("projects/<str:code>/drafts/<int:seq>/", draft, name="draft"),
    path("projects/<str:code>/drafts/<int:seq>.<str:form>", draft_file, name="draft-file"),
    path("projects/<str:code>/comments/", resolution, name="resolution"),
    path("projects/<str:code>/comments/table/", comment_table, name="comment-table"),
    path("projects/<str:code>/comments/<str:form>", comment_file, name="comment-file"),
    path("ballots/<int:pk>/", ballot, name="ballot"),
    path("desk/", desk, name="desk"),
    path("standards/", standards_work, name="standards-work"),
    path("standards/report/", report_form, name="standard-report"),
    path("systems/<str:code>/plan/", plan, name="plan"),
    path("upload/", upload, name="upload"),
    path("what-if/", what_ifs, name="what-ifs"),
    path("what-if/new/", choose, name="what-if-new"),
    path("what-if/new/<str:code>/", ask, name="what-if-form"),
    path("what-if/compare/", side_by_side, name="what-if-compare"),
    path("what-if/<str:token>/", what_if, name="what-if"),
    path("what-if/<str:token>/stop/", halt, name="what-if-stop"),
    path("what-if/<str:token>/forget/", drop, name="what-if-forget"),
    path("what-if/<str:token>/workbook.xlsx", what_if_workbook, name="what-if-workbook"),
    path("evaluation/", evaluation, name="work-evaluation"),
    path("attainment/", rounds, name="work-attainment"),
    path("attainment/sheets/<int:pk>/", sheet_page, name="work-sheet"),
    path("attainment/<int:pk>/", one_round, name="work-round"),
    path("attainment/<int:pk>/<str:place>/", round_place, name="work-round-place"),
    path("attainment/<int:pk>/<str:place>/evidence/<str:digest>/", round_evidence, name="work-round-evidence"),
    path("conduct/", ledger, name="work-conduct"),
    path("conduct/new/", new_conduct, name="work-conduct-new"),
    path("conduct/<int:pk>/", one_conduct, name="work-conduct-one"),
    path("conduct/<int:pk>/evidence/<str:digest>/", conduct_evidence, name="work-conduct-evidence"),
    path("reviews/", reviews, name="work-reviews"),
    path("reviews/<int:pk>/", one_review, name="work-review"),
    path("reviews/<int:pk>/<int:number>/", one_case, name="work-case"),
    path("surveys/", surveys, name="work-surveys"),
    path("surveys/<int:pk>/", one_survey, name="work-survey"),
    path("surveys/<int:pk>/form.xlsx", survey_form, name="work-survey-form"),
    path("training/questions/", questions, name="work-questions"),
    path("training/questions/draft/", question_draft, name="work-question-draft"),
    path("training/questions/import/", question_import, name="work-question-import"),
    path("training/questions/new/<str:kind>/", question_new, name="work-question-new"),
    path("training/questions/<str:code>/", question, name="work-question"),
    path("training/questions/<str:code>/edit/", question_edit, name="work-question-edit"),
    path("pilots/", pilot_desk, name="work-pilots"),
    path("pilots/programmes/<str:code>/", work_programme, name="work-pilot-programme"),
    path("pilots/programmes/<str:code>/effect/", work_effect, name="work-pilot-effect"),
    path("pilots/applications/<int:pk>/", work_pilot, name="work-pilot"),
    path("pilots/applications/<int:pk>/<int:month>/", month_evidence, name="work-pilot-evidence"),
    path("pilots/applications/<int:pk>/<int:month>/<str:digest>/", evidence_file, name="work-pilot-file"),
    path("pilots/practices/<str:code>/", work_practice, name="work-practice"),
    path("collaboration/", collaboration, name="work-collaboration"),
    path("collaboration/crossing/", crossing, name="work-crossing"),
    path("collaboration/cost/", try_the_cost, name="work-cost"),
    path("collaboration/register/", register, name="work-register"),
    path("collaboration/register/<str:code>/end/", end_line, name="work-register-end"),
    path("collaboration/areas/<str:code>/", one_area, name="work-area"),
    path("collaboration/joint/<str:code>/", joint_page, name="work-joint"),
    path("collaboration/successions/", successions, name="work-successions"),
    path("collaboration/successions/<str:old>/<str:new>/", succession, name="work-succession"),
    path("planning/", work_planning, name="work-planning"),
    path("planning/own/<str:code>/", own, name="work-planning-own"),
    path("planning/facts/<str:code>/<str:measure>/", fact, name="work-planning-fact"),
    path("planning/evidence/<str:digest>/", planning_evidence, name="work-planning-evidence"),
    path("planning/adjusting/", adjusting, name="work-planning-adjusting"),
    path("planning/adjusting/<int:pk>/", adjustment, name="work-planning-adjustment"),
    path("impact/", impact, name="work-impact"),
    path("impact/see/", impact_see, name="work-impact-see"),
    path("impact/<str:token>/", impact_list, name="work-impact-list"),
    path("impact/<str:token>.json", impact_json, name="work-impact-json"),
    path("reports/", reports, name="work-reports"),
    path("reports/new/", report_new, name="work-report-new"),
    path("reports/<str:token>/", report, name="work-report"),
    path("reports/<str:token>/stop/", report_stop, name="work-report-stop"),
    path("reports/<str:token>/forget/", report_forget, name="work-report-forget"),
    path("reports/<str:token>/report.<str:form>", report_file, name="work-report-file"),
    path("compute/", compute_index, name="work-compute"),
    path("counts/", bring_counts, name="work-counts"),
    path("errands/<str:token>/", errand, name="work-errand"),
    path("errands/<str:token>/stop/", errand_stop, name="work-errand-stop"),
    path("errands/<str:token>/forget/", errand_forget, name="work-errand-forget"),
    path("notices/", notices, name="notices"),
    path("notices/feed/", feed_renew, name="notices-feed"),
    path("notices/<str:token>.atom", notice_feed, name="notice-feed"),
    path("training/exams/", exams, name="work-exams"),
    path("training/exams/new/", exam_new, name="work-exam-new"),
    path("training/exams/blueprints/new/", blueprint_new, name="work-blueprint-new"),
    path("training/exams/blueprints/<str:code>/", blueprint, name="work-blueprint"),
    path("training/exams/appeals/", appeals, name="work-appeals"),
    path("training/exams/appeals/<int:pk>/", appeal, name="work-appeal"),
    path("training/exams/<int:pk>/", exam, name="work-exam"),
    path("training/exams/<int:pk>/results/", exam_results, name="work-exam-results"),
    path("training/sittings/", my_sittings, name="work-sittings"),
    path("training/sittings/begin/<int:pk>/", sitting_begin, name="work-sitting-begin"),
    path("training/sittings/<int:pk>/", sitting, name="work-sitting"),
    path("training/sittings/<int:pk>/save/", sitting_save, name="work-sitting-save"),
    path("training/sittings/<int:pk>/submit/", sitting_submit, name="work-sitting-submit"),
    path("training/sittings/<int:pk>/result/", sitting_result, name="work-sitting-result"),
    path("training/certificates/", certificates, name="work-certificates"),
    path("training/certificates/issue/", certificate_issue, name="work-certificate-issue"),
    path("training/certificates/<str:number>/", certificate_page, name="work-certificate"),
    path("training/certificates/<str:number>/certificate.pdf", certificate_paper, name="work-certificate-paper"),
    path("training/qualifications/", qualifications_page, name="work-qualifications"),
    path("training/rights/", learning_rights, name="work-learning-rights"),
    path("training/", training, name="work-training"),
    path("training/courses/", course_list, name="work-courses"),
    path("training/new-course/", course_new, name="work-course-new"),
    path("training/courses/<str:code>/", course, name="work-course"),
    path("training/courses/<str:code>/edit/", course_edit, name="work-course-edit"),
    path("training/courses/<str:code>/edit/<str:unit>/", unit_edit, name="work-course-unit-edit"),
    path("training/courses/<str:code>/pictures/<str:digest>/", course_picture, name="work-course-picture"),
    path("training/courses/<str:code>/units/<str:unit>/", course_unit, name="work-course-unit"),
    path("training/ledger/", training_ledger, name="work-training-ledger"),
    path("training/ledger/new/", event_new, name="work-training-event-new"),
    path("training/ledger/<int:pk>/", training_event, name="work-training-event"),
    path("training/ledger/<int:pk>/roster/", roster, name="work-training-roster"),
    path("training/contests/", contest_list, name="work-contests"),
    path("training/contests/new/", contest_new, name="work-contest-new"),
    path("training/contests/<int:pk>/", contest, name="work-contest"),
    path("training/contests/<int:pk>/round/", contest_round, name="work-contest-round"),
    path("training/coverage/", training_coverage, name="work-training-coverage"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<str:token>/", job, name="job"),
    path("jobs/<str:token>/start/", start, name="job-start"),
    path("jobs/<str:token>/stop/", stop, name="job-stop"),
    path("jobs/<str:token>/rejects.csv", rejects, name="rejects"),
]
