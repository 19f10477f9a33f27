"""Filling an instance: the national list, a package folder, the demonstration. Each room loads its own part."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from jizhun.catalogue import actions as catalogue
from jizhun.collaboration.actions import loading as collaboration
from jizhun.delivery import actions as delivery
from jizhun.delivery import simulated_reviews, simulated_steps, simulation
from jizhun.delivery.actions import Receipt
from jizhun.delivery.ingest import Progress
from jizhun.delivery.lookup import reason_catalogue
from jizhun.delivery.models import Batch, Source
from jizhun.entitlements import actions as entitlements
from jizhun.evaluation import computing, negatives
from jizhun.evaluation import sheets as evaluation
from jizhun.evaluation.leaving import remove_source
from jizhun.guides import actions as guides
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import check_code
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions import loading as pilots
from jizhun.planning.actions import plans as planning
from jizhun.procedures import actions as procedures
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules import Tiered
from jizhun.regions import actions as regions
from jizhun.standards import actions as standards
from jizhun.training.actions import courses


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a load: what it is called, and what it brought."""

    name: Bilingual
    outcome: Any


NATIONAL, SIMULATED = "CN", "SIM"
"""The codes of the lists that ship; another list has the code that its ``package.yaml`` says."""
RESERVED = frozenset({NATIONAL, SIMULATED})


def national(*, by: Actor) -> Iterator[Part]:
    """The national list with its places, measures and provisions, from the data that ships."""
    data = settings.DATA_DIR
    yield Part(Bilingual("行政区划", "places"), _places(by=by, folder=data / "regions", owner=NATIONAL))
    yield Part(Bilingual("服务目录", "catalogue"), catalogue.load(by=by, folder=data / "catalogue", owner=NATIONAL))
    yield Part(Bilingual("指标", "measures"),
               provisions.load_measures(by=by, file=data / "measures.yaml", owner=NATIONAL))
    yield Part(Bilingual("规定", "provisions"), provisions.load(by=by, folder=data / "provisions", owner=NATIONAL))
    yield Part(Bilingual("待遇规则", "entitlements"),
               entitlements.load(by=by, folder=data / "entitlements", owner=NATIONAL))
    yield Part(Bilingual("标准", "standards"), standards.load(by=by, folder=data / "standards", owner=NATIONAL))
    yield Part(Bilingual("办事指南", "guides"),
               guides.load(by=by, folder=data / "guides", owner=NATIONAL, sources=_sources(data)))
    yield Part(Bilingual("操作规程", "procedures"),
               procedures.load(by=by, folder=data / "procedures", owner=NATIONAL, sources=_sources(data)))
    yield Part(Bilingual("差评整改时限", "limits for negative ratings"),
               negatives.load_clocks(by=by, file=data / "satisfaction" / "clocks.yaml", owner=NATIONAL))
    yield Part(Bilingual("评分表和问卷", "score sheets and questionnaires"),
               evaluation.load(by=by, folder=data / "evaluation", owner=NATIONAL, figures=set(computing.FIGURES)))
    yield Part(Bilingual("培训课程", "courses"), courses.load(by=by, folder=data / "training" / "courses"))
    yield Part(Bilingual("协同区域和互认", "collaboration areas and recognition"),
               collaboration.load(by=by, files=sorted((data / "collaboration").glob("*.yaml"))))
    yield Part(Bilingual("规划", "plans"), planning.load(by=by, file=data / "planning" / "programme.yaml"))
    yield Part(Bilingual("试点", "pilots"), pilots.load(by=by, folder=data / "pilots"))


def _sources(data: Path) -> dict[str, tuple[str, str]]:
    """The catalogue's list of sources: key -> (address, mark); guides name them by the same keys."""
    file = data / "catalogue" / "sources.yaml"
    rows = yaml_of(file.read_bytes(), file.name)["sources"]
    return {key: (str(one["source"]), str(one["mark"])) for key, one in rows.items()}


def _places(*, by: Actor, folder: Path, owner: str) -> regions.Loaded:
    """Places with the right and the audit line: rooms below people know neither."""
    require(by=by, right="region.edit", path=catalogue.NATION)
    with transaction.atomic():
        loaded = regions.load(by=by, folder=folder, owner=owner)
        if loaded.changed or loaded.removed:
            write_line(by=by, act="regions.load", subject=folder.name, after=asdict(loaded))
    return loaded


PARTS: tuple[tuple[str, Bilingual, Callable[..., Any]], ...] = (
    ("regions.csv", Bilingual("区划", "places"), lambda by, folder, owner: _places(by=by, folder=folder, owner=owner)),
    ("catalogue.yaml", Bilingual("目录", "catalogue"),
     lambda by, folder, owner: catalogue.load(by=by, folder=folder, owner=owner)),
    ("measures.yaml", Bilingual("指标", "measures"),
     lambda by, folder, owner: provisions.load_measures(by=by, file=folder / "measures.yaml", owner=owner)),
    ("provisions", Bilingual("规定", "provisions"),
     lambda by, folder, owner: provisions.load(by=by, folder=folder / "provisions", owner=owner)),
    ("entitlements", Bilingual("待遇规则", "entitlements"),
     lambda by, folder, owner: entitlements.load(by=by, folder=folder / "entitlements", owner=owner)),
    ("standards", Bilingual("标准", "standards"),
     lambda by, folder, owner: standards.load(by=by, folder=folder / "standards", owner=owner)),
    ("guides", Bilingual("办事指南", "guides"),
     lambda by, folder, owner: guides.load(by=by, folder=folder / "guides", owner=owner)),
    ("procedures", Bilingual("操作规程", "procedures"),
     lambda by, folder, owner: procedures.load(by=by, folder=folder / "procedures", owner=owner)),
    ("evaluation", Bilingual("评分表和问卷", "score sheets and questionnaires"),
     lambda by, folder, owner: evaluation.load(by=by, folder=folder / "evaluation", owner=owner,
                                               figures=set(computing.FIGURES))),
)


def package(*, by: Actor, folder: Path) -> Iterator[Part]:
    """Another list: a folder with ``package.yaml`` and any of regions.csv, catalogue.yaml, provisions/.

    All of it or nothing: a part that cannot be loaded takes back those before it.
    """
    owner = described(folder)["code"]
    with transaction.atomic():
        for name, words, load in PARTS:
            if (folder / name).exists():
                yield Part(words, load(by, folder, owner))


def described(folder: Path) -> dict[str, Any]:
    """What ``package.yaml`` says, with the folder's name where it says no code; Refused when it is no package."""
    file = folder / "package.yaml"
    if not file.is_file():
        raise Refused(zh=f"“{folder}”不是数据包：里面没有 package.yaml。",
                      en=f"“{folder}” is not a package: there is no package.yaml in it.")
    content = yaml_of(file.read_bytes(), file.name)
    if not isinstance(content, dict):
        raise Refused(zh="package.yaml 应为字段与值。", en="package.yaml must hold fields and values.")
    code = content.get("code") or OTHER_LETTERS.sub("-", folder.resolve().name).strip("-.")
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).upper() in RESERVED:
        raise Refused(zh="package.yaml：“code”应为数据包自己的代码，如 US-BOS，不能是 CN 或 SIM。",
                      en="package.yaml: “code” must be the package's own code, such as US-BOS; CN and SIM are taken.")
    try:
        return {**content, "code": check_code(str(code))}
    except Refused as refused:
        raise Refused(zh=f"package.yaml：{refused.sentence.zh}", en=f"package.yaml: {refused.sentence.en}") from None


OTHER_LETTERS = re.compile(r"[^A-Za-z0-9._-]+")
SIMULATED_SOURCE, CROSSING_SOURCE, SIMULATED_PILOT = "simulated", "simulated-crossing", "simulated-pilot"
SIMULATED_SOURCES = (SIMULATED_SOURCE, CROSSING_SOURCE, SIMULATED_PILOT)
SIMULATED_PLACES = "990000"
SIMULATED_GUIDES = ("guides.yaml", "points.yaml", "adoptions.yaml", "ledger.yaml")


def simulated_places(*, by: Actor) -> Iterator[Part]:
    """The fictional province with its simulated provisions; no cases yet."""
    data = settings.DATA_DIR / "simulated"
    yield Part(Bilingual("示例省区划", "places of the fictional province"),
               _places(by=by, folder=data, owner=SIMULATED))
    yield Part(Bilingual("示例省规定（模拟）", "simulated provisions"),
               provisions.load(by=by, folder=data / "provisions", owner=SIMULATED, recorded_on=date(2024, 12, 1)))
    yield Part(Bilingual("示例省差评整改时限（模拟）", "simulated limits for negative ratings"),
               negatives.load_clocks(by=by, file=data / "clocks.yaml", owner=SIMULATED))
    yield Part(Bilingual("示例省协同区域和互认（模拟）", "simulated collaboration areas and recognition"),
               collaboration.load(by=by, files=[data / "collaboration.yaml"]))


def simulated_guides(*, by: Actor) -> Iterator[Part]:
    """The fictional province's own guides, service points, claims and changes of its list, all simulated."""
    data = settings.DATA_DIR / "simulated"
    yield Part(Bilingual("示例省办事指南（模拟）", "simulated guides"),
               guides.load_files(by=by, files=[data / name for name in SIMULATED_GUIDES], owner=SIMULATED,
                                 name="simulated", recorded_on=date(2024, 12, 1)))
    yield Part(Bilingual("示例省操作规程（模拟）", "simulated procedures"),
               procedures.load(by=by, folder=data / "procedures", owner=SIMULATED, recorded_on=date(2024, 12, 1)))


def simulated_cases(*, by: Actor, cases: int, seed: int = 1,
                    progress: Callable[[Progress], None] | None = None) -> Receipt:
    """A simulated year of ``cases`` cases, through the door that every real file takes."""
    if not 1 <= cases <= 200_000_000:
        raise Refused(zh="模拟办件数应在 1 到 200000000 之间。", en="Simulate between 1 and 200,000,000 cases.")
    data = settings.DATA_DIR / "simulated"
    with TemporaryDirectory(dir=settings.FILES) as folder:
        file = Path(folder) / f"simulated-{cases}-{seed}.parquet"
        simulation.write(simulated_year(), file, cases=cases, seed=seed)
        receipt = delivery.receive(by=by, file=file, mapping=delivery.read_mapping(data / "mapping.yaml"),
                                   source=SIMULATED_SOURCE, progress=progress)
        _simulated_steps(by=by, cases=file, seed=seed)
        _simulated_reviews(by=by, cases=file, seed=seed)
        return receipt


def _simulated_steps(*, by: Actor, cases: Path, seed: int) -> None:
    """The steps of a few matters of these cases, through the same door."""
    data, file = settings.DATA_DIR / "simulated", cases.with_name("steps.parquet")
    mapping = delivery.read_mapping(data / "steps_mapping.yaml", kind=Batch.STEPS)
    profile = yaml.safe_load((data / "steps.yaml").read_text("utf-8"))
    end = datetime.combine(mapping.extract_date or date.max, time.max, UTC)
    if simulated_steps.write(profile, cases, file, seed=seed, last_second=int(end.timestamp())):
        delivery.receive_steps(by=by, file=file, mapping=mapping, source=SIMULATED_SOURCE)


def _simulated_reviews(*, by: Actor, cases: Path, seed: int) -> None:
    """The ratings of these cases, through the same door; every negative one becomes an item at its place."""
    data, file = settings.DATA_DIR / "simulated", cases.with_name("reviews.parquet")
    mapping = delivery.read_mapping(data / "reviews_mapping.yaml", kind=Batch.REVIEWS)
    profile = yaml.safe_load((data / "reviews.yaml").read_text("utf-8"))
    end = datetime.combine(mapping.extract_date or date.max, time.max, UTC)
    if simulated_reviews.write(profile, cases, file, reason_catalogue().categories, seed=seed,
                               last_second=int(end.timestamp())):
        negatives.take_in(by=by, file=file, mapping=mapping, source=SIMULATED_SOURCE)


def simulated_year() -> simulation.Year:
    """The profile over the counties of the fictional province, with the minimum wages in force there."""
    profile = yaml.safe_load((settings.DATA_DIR / "simulated" / "profile.yaml").read_text("utf-8"))
    places, first = regions.tree(), date(profile["year"], 1, 1)
    counties = [code for code in places.within(SIMULATED_PLACES, first)
                if places.level(code) >= 2 and not places.children(code, first)]
    book = provisions.book()
    tiers = {code: next(tier for above in reversed(places.path(code, first))
                        if (tier := book.tier_of("minimum_wage", above, first))) for code in counties}
    lines = book.lines["*", "minimum_wage"][SIMULATED_PLACES]["all", "limit"]
    wages = [(say.valid_from, {tier: float(wage) for tier, wage in say.value.values})
             for say in lines.points if isinstance(say.value, Tiered)]
    return simulation.make_year(profile, counties, tiers, wages)


def remove_simulation(*, by: Actor) -> int:
    """Take every simulated case out, with what was made of them; returns how many.

    The fictional places and their provisions stay, marked SIM.
    """
    known = set(Source.objects.filter(code__in=SIMULATED_SOURCES).values_list("code", flat=True))
    return sum(remove_source(by=by, source=one, reason="simulated cases removed").cases
               for one in SIMULATED_SOURCES if one in known or one == SIMULATED_SOURCE)
