"""Where everything stands: lanes side by side, time downwards. Used by the diagram as XML and by the picture.

The layout is our own (decision 0006). Lanes are columns, so that a page is as wide as there are posts and as long as
there are steps.

Nodes are put into rows from above, one in each lane and row. Links run in *gutters* between rows and in *channels*
between lanes; each has as many tracks as it needs, and those that meet in one have tracks of their own. What comes from
one node, or goes to one, may share a track.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.bpmn.diagram import Diagram, Link, Node, diagram_of
from jizhun.procedures.bpmn.lettering import lines, width
from jizhun.procedures.rules.checking import NO_ROLES
from jizhun.procedures.rules.steps import Step, Steps
from jizhun.procedures.rules.timing import said
from jizhun.procedures.rules.words import Role, role_name

SHEET = 690
"""As wide as the sheet should be, in pixels: at A4 the letters are then eight points high and more."""
NARROWEST, WIDEST, ROOMY = 84, 190, 150
NAME, SMALL, LINE = 12.5, 11, 15
EVENT, GATE = 26, 30
TRACK, PAD = 8, 11
TITLE, HEADER, EDGE = 30, 34, 10
ASIDE = {"right": 4, "left": 9}
"""At the sides of a node what leaves goes so far above its middle, and what comes in so far below: two neighbours that
use the channel between them then have lines of their own."""

GATES = ("choice", "together", "join", "merge")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of words, one below the other, around a middle; ``top`` is the upper edge of the first."""

    lines: tuple[str, ...]
    x: float
    top: float

    @property
    def box(self) -> Box:
        wide = max((width(one, SMALL) for one in self.lines), default=0) + 6
        return Box(self.x - wide / 2, self.top, wide, len(self.lines) * (LINE - 2))


@dataclass(frozen=True)
class Placed:
    """Everything with its place. ``names``: the lines that a node shows; ``badges``: what is said below them."""

    diagram: Diagram
    language: str
    width: float
    height: float
    lanes: tuple[tuple[str, Box], ...]
    shapes: Mapping[str, Box]
    names: Mapping[str, tuple[str, ...]]
    badges: Mapping[str, str]
    ways: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Text]


def placed(steps: Steps, language: str = "zh", roles: Mapping[str, Role] = NO_ROLES, *,
           roomy: bool = False) -> Placed:
    """The layout of a table of steps. ``roomy``: as editors want it, which draw a sign into each task and no ground
    behind what is said on a way."""
    return _Sheet(diagram_of(steps), language, roles, roomy).placed()


@dataclass(slots=True)
class _Run:
    """One stretch of a link in a gutter or channel; ``key`` is what may share its track.

    In a gutter ``above`` is the column from which it comes down, ``below`` the one in which it goes on.
    """

    where: int
    key: str
    low: int
    high: int
    above: int = 0
    below: int = 0
    track: int = 0


def _gutter(where: int, key: str, above: int, below: int) -> _Run:
    return _Run(where, key, min(above, below), max(above, below), above, below)


@dataclass(slots=True)
class _Route:
    """How a link goes: ``turn`` is the column (lane 2k+1, channel 2k) in which it leaves the first gutter."""

    link: Link
    first: _Run | None = None
    channel: _Run | None = None
    last: _Run | None = None
    turn: int = 0
    sideways: bool = False
    """Leaves at the side, straight into the channel."""


@dataclass
class _Sheet:
    diagram: Diagram
    language: str
    roles: Mapping[str, Role]
    roomy: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    stretches: dict[tuple[int, int], list[Link]] = field(default_factory=dict)
    """(lane, gutter or row at 2r): links that run down the middle of the lane there."""
    turns: dict[int, bool] = field(default_factory=dict)

    def placed(self) -> Placed:
        self.nodes = {one.id: one for one in self.diagram.nodes}
        self._fill_rows()
        routes = [self._route(one) for one in self.diagram.links]
        gutters = _tracked(run for one in routes for run in (one.first, one.last) if run)
        channels = _tracked(one.channel for one in routes if one.channel)
        self._set_columns(channels)
        self._letter()
        labels = self._labels(routes)
        self._set_rows(gutters, labels)
        shapes = {one.id: self._shape(one) for one in self.diagram.nodes}
        return Placed(
            self.diagram, self.language, self.right, self.foot, tuple(self._lanes()), shapes, self.names, self.badges,
            {one.link.id: tuple(self._points(one, shapes)) for one in routes},
            {one: Text(text, x, self.gutter_top[at] + self.tracks_high.get(at, 0) + down)
             for one, (text, x, at, down) in labels.items()})

    # -- rows and routes, without measures

    def _fill_rows(self) -> None:
        before: dict[str, list[str]] = {}
        for link in self.diagram.links:
            if not link.back:
                before.setdefault(link.target, []).append(link.source)
        for one in self.diagram.nodes:
            row = max((self.rows[each] + 1 for each in before.get(one.id, ()) if each in self.rows), default=0)
            while (one.lane, row) in self.cells:
                row += 1
            self.rows[one.id], self.cells[one.lane, row] = row, one.id

    def _route(self, link: Link) -> _Route:
        source, target = self.nodes[link.source], self.nodes[link.target]
        above, below = self.rows[source.id], self.rows[target.id]
        if below <= above:
            return self._back(link, source, target)
        start, end = 2 * source.lane + 1, 2 * target.lane + 1
        between = range(above + 1, below)
        if start == end and self._free(link, source.lane, above, below, between):
            return _Route(link, turn=start)
        if below == above + 1 or self._free(link, target.lane, above, below, between):
            return _Route(link, _gutter(above, link.source, start, end), turn=end)
        if self._free(link, source.lane, above, below - 1, between):
            return _Route(link, last=_gutter(below - 1, f"to {link.target}", start, end), turn=start)
        channel = end - 1 if start < end or (start == end and self._went_right(end)) else end + 1
        return _Route(link, _gutter(above, link.source, start, channel),
                      _Run(channel // 2, link.target, 2 * above + 1, 2 * below - 1),
                      _gutter(below - 1, f"to {link.target}", channel, end), channel)

    def _went_right(self, column: int) -> bool:
        """Detours within a lane go round it on the right and on the left by turns."""
        self.turns[column] = not self.turns.get(column, True)
        return self.turns[column]

    def _free(self, link: Link, lane: int, above: int, below: int, rows: Iterable[int]) -> bool:
        """Whether the middle of a lane is free between two rows; it is then taken."""
        places = [(lane, at) for at in range(2 * above + 1, 2 * below)]
        if any((lane, row) in self.cells for row in rows) or any(
                link.source != other.source and link.target != other.target
                for place in places for other in self.stretches.get(place, ())):
            return False
        for place in places:
            self.stretches.setdefault(place, []).append(link)
        return True

    def _back(self, link: Link, source: Node, target: Node) -> _Route:
        """Up a channel beside the lane of the target, and into its side."""
        start, end = 2 * source.lane + 1, 2 * target.lane + 1
        channel = end - 1 if start < end else end + 1
        above, below = self.rows[source.id], self.rows[target.id]
        words = link.way is not None and (link.way.when.zh or link.way.when.en)
        sideways = abs(channel - start) == 1 and not words and source.kind in ("task", "wait",
                                                                               "call") and above != below
        return _Route(link, None if sideways else _gutter(above, link.source, start, channel),
                      _Run(channel // 2, f"back {link.target}", 2 * below, 2 * above + (0 if sideways else 1)),
                      None, channel, sideways)

    # -- columns

    def _set_columns(self, channels: Mapping[int, int]) -> None:
        """Middles of lanes and left edges of channels."""
        count = max(len(self.diagram.lanes), 1)
        wide = [PAD + TRACK * channels.get(at, 0) for at in range(count + 1)]
        least = ROOMY if self.roomy else 150 if count == 1 else NARROWEST
        self.room = min(max((SHEET - 2 * EDGE - sum(wide)) / count, least), WIDEST)
        self.channels: list[float] = []
        self.middles: list[float] = []
        x = float(EDGE)
        for at in range(count + 1):
            self.channels.append(x)
            x += wide[at]
            if at < count:
                self.middles.append(x + self.room / 2)
                x += self.room
        self.right = x + EDGE

    def _x(self, column: int, track: int = 0) -> float:
        if column % 2:
            return self.middles[column // 2]
        return self.channels[column // 2] + PAD / 2 + (track + 0.5) * TRACK

    # -- words

    def _letter(self) -> None:
        self.names, self.badges = {}, {}
        for one in self.diagram.nodes:
            if one.kind in ("task", "wait", "call"):
                step = self.diagram.steps.by_id[one.step]
                inner = self.room - (56 if self.roomy else 14)
                size, room = (SMALL, self.room) if one.kind == "wait" else (NAME, inner)
                self.names[one.id] = tuple(lines(step.name.in_language(self.language), size, room))
                self.badges[one.id] = badge(step, self.language)
            elif one.kind == "lost":
                self.names[one.id] = (f"“{one.to}”?",)

    def _labels(self, routes: Sequence[_Route]) -> dict[str, tuple[tuple[str, ...], float, int, float]]:
        """Link -> its lines, their middle, the gutter they stand in, and how far below its tracks: none on another."""
        found: dict[str, tuple[tuple[str, ...], float, int, float]] = {}
        taken: dict[int, list[tuple[float, float, float, float]]] = {}
        for one in routes:
            words = one.link.way.when.in_language(self.language) if one.link.way else ""
            if not words:
                continue
            text = tuple(lines(words, SMALL, self.room, 3))
            half = max(width(each, SMALL) for each in text) / 2 + 4
            x, at = self._turn_x(one), self.rows[one.link.source]
            x += half + 1 if self.roomy else 0
            x = min(max(x, EDGE + half), self.right - EDGE - half)
            high, down = len(text) * (LINE - 2) + 3, 0.0
            for left, right, top, bottom in sorted(taken.get(at, ()), key=lambda each: each[2]):
                if left < x + half and x - half < right and top < down + high and down < bottom:
                    down = bottom
            taken.setdefault(at, []).append((x - half, x + half, down, down + high))
            found[one.link.id] = (text, x, at, down)
        return found

    def _turn_x(self, route: _Route) -> float:
        if route.channel is not None and route.turn % 2 == 0:
            return self._x(route.turn, route.channel.track)
        return self._x(route.turn)

    # -- rows with their measures

    def _set_rows(self, gutters: Mapping[int, int],
                  labels: Mapping[str, tuple[tuple[str, ...], float, int, float]]) -> None:
        count = 1 + max(self.rows.values(), default=0)
        high = [max((self._size(self.nodes[one])[1] for (_, at), one in self.cells.items() if at == row), default=0)
                for row in range(count)]
        self.tracks_high = {at: 6 + TRACK * number for at, number in gutters.items()}
        self.gutter_top, self.row_middle = {}, {}
        y = EDGE + TITLE + HEADER + 14.0
        for row in range(count):
            self.row_middle[row] = y + high[row] / 2
            y += high[row]
            self.gutter_top[row] = y
            texts = max((down + len(text) * (LINE - 2) + 3 for text, _, at, down in labels.values() if at == row),
                        default=0)
            y += max(self.tracks_high.get(row, 0) + texts + 9, 20)
        self.foot = y + EDGE

    def _size(self, node: Node) -> tuple[float, float]:
        """Width and height of what is drawn for a node, its words included."""
        if node.kind in ("task", "call"):
            step = self.diagram.steps.by_id[node.step]
            under = 16 if self.badges[node.id] or step.money or is_risky(step) else 0
            return self.room, max(12 + len(self.names[node.id]) * LINE + under, 50 if self.roomy else 36)
        if node.kind == "wait":
            under = 14 if self.badges[node.id] else 0
            return self.room, EVENT + 4 + len(self.names[node.id]) * (LINE - 2) + 3 + under
        if node.kind == "lost":
            return self.room, EVENT + LINE
        side = GATE if node.kind in GATES else EVENT
        return side, side

    def _shape(self, node: Node) -> Box:
        """The shape itself: for an event its circle, at the top of its place."""
        wide, high = self._size(node)
        x, y = self.middles[node.lane], self.row_middle[self.rows[node.id]]
        if node.kind in ("wait", "lost"):
            return Box(x - EVENT / 2, y - high / 2, EVENT, EVENT)
        return Box(x - wide / 2, y - high / 2, wide, high)

    def _lanes(self) -> Iterator[tuple[str, Box]]:
        for at, lane in enumerate(self.diagram.lanes):
            x = EDGE if at == 0 else self.channels[at] + PAD / 4
            end = self.right - EDGE if at + 1 == len(self.diagram.lanes) else self.channels[at + 1] + PAD / 4
            yield lane_name(lane.role, lane.department.in_language(self.language), self.language, self.roles), \
                Box(x, EDGE + TITLE, end - x, self.foot - EDGE - TITLE - EDGE)

    # -- links, with their measures

    def _points(self, route: _Route, shapes: Mapping[str, Box]) -> Iterator[Point]:
        source, target = shapes[route.link.source], shapes[route.link.target]
        if route.sideways:
            yield self._side(route, route.link.source, source, -1)
        else:
            yield source.middle[0], source.bottom
        yield from self._bends(route, source, target)
        if route.channel is not None and route.last is None:
            yield self._side(route, route.link.target, target, 1)
        else:
            yield target.middle[0], target.y

    def _bends(self, route: _Route, source: Box, target: Box) -> Iterator[Point]:
        x, start, end = self._turn_x(route), source.middle[0], target.middle[0]
        if route.first is not None:
            y = self._y(route.first)
            yield start, y
            yield x, y
        if route.sideways:
            yield x, self._side(route, route.link.source, source, -1)[1]
        if route.last is not None:
            y = self._y(route.last)
            yield (x, y) if route.first else (start, y)
            yield end, y
        elif route.channel is not None:
            yield x, self._side(route, route.link.target, target, 1)[1]

    def _side(self, route: _Route, node: str, box: Box, below: int) -> Point:
        """Where a link that runs in a channel meets the side of a node; ``below``: 1 or -1."""
        (x, y), half, right = box.middle, box.width / 2, self._turn_x(route) > box.middle[0]
        aside, kind = ASIDE["right" if right else "left"], self.nodes[node].kind
        reach = half - aside if kind in GATES else half if kind in ("task", "call") else (half**2 - aside**2) ** 0.5
        return (x + reach if right else x - reach), y + below * aside

    def _y(self, run: _Run) -> float:
        return self.gutter_top[run.where] + 6 + run.track * TRACK


def _tracked(runs: Iterable[_Run]) -> dict[int, int]:
    """Give each run a track; how many tracks there are in each gutter or channel."""
    spans: dict[tuple[int, str], list[_Run]] = {}
    for one in runs:
        spans.setdefault((one.where, one.key), []).append(one)
    places: dict[int, list[list[_Run]]] = {}
    for (where, _), together in sorted(spans.items(), key=lambda one: (min(run.low for run in one[1]), one[0])):
        places.setdefault(where, []).append(together)
    return {where: _stacked(groups) for where, groups in places.items()}


def _stacked(groups: list[list[_Run]]) -> int:
    """Tracks for the stretches of one place. One that comes down in a column lies above one that goes on there: else
    the two would seem to be one line."""
    waiting, done = list(groups), list[list[_Run]]()
    while waiting:
        free = (one for one in waiting if not any(_over(other, one) for other in waiting if other is not one))
        here = next(free, waiting[0])
        waiting.remove(here)
        track = max((1 + other[0].track for other in done if _over(other, here)), default=0)
        while any(other[0].track == track and _meet(other, here) for other in done):
            track += 1
        for run in here:
            run.track = track
        done.append(here)
    return 1 + max(one[0].track for one in groups)


def _over(upper: list[_Run], lower: list[_Run]) -> bool:
    columns = {one.above for one in upper if one.above % 2}
    return any(one.below in columns for one in lower)


def _meet(one: list[_Run], other: list[_Run]) -> bool:
    return min(run.low for run in one) <= max(run.high for run in other) \
        and min(run.low for run in other) <= max(run.high for run in one)


SHORT = {"working_day": Bilingual("工作日", " work days"), "calendar_day": Bilingual("日历日", " cal. days"),
         "hour": Bilingual("小时", " hours")}


def badge(step: Step, language: str) -> str:
    """The limit of a step, short."""
    if step.limit is None or not step.limit.amount:
        return said(step.limit).in_language(language) if step.limit else ""
    words = f"{step.limit.amount}{SHORT[step.limit.unit].in_language(language)}"
    return words[:-1] if step.limit.amount == 1 and words.endswith("s") else words


def is_risky(step: Step) -> bool:
    return step.risk is not None and step.risk.level == "high"


def lane_name(role: str, department: str, language: str, roles: Mapping[str, Role]) -> str:
    name = role_name(role, roles).in_language(language)
    return f"{department} {name}" if department else name


