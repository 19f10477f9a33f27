"""The public pages, below the language prefix."""

from django.urls import path

from jizhun.portal.across import across
from jizhun.portal.attainment import attainment_page
from jizhun.portal.bundles import bundle, bundle_list
from jizhun.portal.certificates import certificate_page, certificates
from jizhun.portal.comments_made import comment_made, dispositions
from jizhun.portal.compare import compare, compare_file
from jizhun.portal.consultation_page import consultation
from jizhun.portal.consultations import consultations
from jizhun.portal.coverage import coverage_page
from jizhun.portal.dashboard import composite, dashboard, equality
from jizhun.portal.display import display
from jizhun.portal.editions import editions
from jizhun.portal.entitled import check, entitled
from jizhun.portal.entitled_rules import one_rule, rules
from jizhun.portal.followed import followed_page
from jizhun.portal.gaps import gaps
from jizhun.portal.guide import guide_page
from jizhun.portal.guide_files import guide_file
from jizhun.portal.home import home, services
from jizhun.portal.inclusion import inclusion_page
from jizhun.portal.item import item
from jizhun.portal.method import accessibility, method
from jizhun.portal.moving import moving_page, recognition_page
from jizhun.portal.pilots import pilot_effect, pilot_list, pilot_programme, practice
from jizhun.portal.places import places
from jizhun.portal.planning import measure_page, plan_page, planning
from jizhun.portal.planning_files import planning_calendar, planning_paper
from jizhun.portal.publications import publication, publication_file, publication_list
from jizhun.portal.region import region
from jizhun.portal.results import results
from jizhun.portal.reviews import reviews
from jizhun.portal.satisfaction import satisfaction_page
from jizhun.portal.speed import speed
from jizhun.portal.standard import standard
from jizhun.portal.standards import standards
from jizhun.portal.systems import system, systems
from jizhun.portal.value_history import value_history

urlpatterns = [
    path("", home, name="home"),
    path("services/", services, name="services"),
    path("items/<str:code>/", item, name="item"),
    path("guides/<str:matter>/", guide_page, name="guide"),
    path("guides/<str:matter>/file/<str:form>/", guide_file, name="guide-file"),
    path("bundles/", bundle_list, name="bundles"),
    path("bundles/<str:code>/", bundle, name="bundle"),
    path("entitled/", entitled, name="entitled"),
    path("entitled/check/", check, name="entitled-check"),
    path("entitled/rules/", rules, name="entitled-rules"),
    path("entitled/rules/<str:code>/", one_rule, name="entitled-rule"),
    path("across/", across, name="across"),
    path("compare/", compare, name="compare"),
    path("compare/file.<str:form>", compare_file, name="compare-file"),
    path("moving/", moving_page, name="moving"),
    path("pilots/", pilot_list, name="pilots"),
    path("pilots/programmes/<str:code>/", pilot_programme, name="pilot-programme"),
    path("pilots/programmes/<str:code>/effect/", pilot_effect, name="pilot-effect"),
    path("pilots/practices/<str:code>/", practice, name="practice"),
    path("recognition/", recognition_page, name="recognition"),
    path("history/", value_history, name="value-history"),
    path("editions/", editions, name="editions"),
    path("region/", region, name="region"),
    path("planning/", planning, name="planning"),
    path("planning/calendar.ics", planning_calendar, name="planning-calendar"),
    path("planning/<str:code>/", plan_page, name="planning-plan"),
    path("planning/<str:code>/report.pdf", planning_paper, name="planning-paper"),
    path("planning/<str:code>/<str:measure>/", measure_page, name="planning-measure"),
    path("results/", results, name="results"),
    path("results/followed/", followed_page, name="followed"),
    path("results/inclusion/", inclusion_page, name="inclusion"),
    path("results/satisfaction/", satisfaction_page, name="satisfaction"),
    path("publications/", publication_list, name="publications"),
    path("publications/<str:code>/", publication, name="publication"),
    path("publications/<str:code>/<int:number>/", publication, name="publication-edition"),
    path("publications/<str:code>/<int:number>/data.<str:form>", publication_file, name="publication-file"),
    path("attainment/", attainment_page, name="attainment"),
    path("coverage/", coverage_page, name="coverage"),
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/equality/", equality, name="equality"),
    path("dashboard/composite/", composite, name="composite"),
    path("standards/", standards, name="standards"),
    path("standards/<path:number>/", standard, name="standard"),
    path("systems/", systems, name="systems"),
    path("systems/<str:code>/", system, name="system"),
    path("gaps/", gaps, name="gaps"),
    path("reviews/", reviews, name="reviews"),
    path("display/", display, name="display"),
    path("method/", method, name="method"),
    path("accessibility/", accessibility, name="accessibility"),
    path("places/", places, name="places"),
    path("consultations/", consultations, name="consultations"),
    path("consultations/<int:pk>/", consultation, name="consultation"),
    path("consultations/<int:pk>/comments/", dispositions, name="dispositions"),
    path("comments/<str:token>/", comment_made, name="comment-made"),
    path("certificates/", certificates, name="certificates"),
    path("certificates/<str:number>/", certificate_page, name="certificate"),
    path("speed/", speed, name="speed"),
]
