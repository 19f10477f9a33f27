"""A decision model as written: what is asked, what is decided, and the logic in its boxes, all still text.

Source: OMG, Decision Model and Notation 1.3 to 1.5. Reading and writing keep everything held here; the drawing
(DMNDI) and foreign extensions are not held.
"""

from dataclasses import dataclass, field

from jizhun.entitlements.feel.tables import POLICIES

SIMPLE = frozenset({"number", "string", "boolean", "date", "time", "date and time", "years and months duration",
                    "days and time duration", "Any"})
"""The types of FEEL itself; any other type is defined in the model."""


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type of the model: another type, perhaps with allowed values (unary tests), or components."""

    name: str
    base: str = ""
    allowed: str = ""
    components: tuple["ItemType", ...] = ()
    collection: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A literal expression."""

    text: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions: the expression that is tested, and which values it may have."""

    expression: str
    type: str = ""
    allowed: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results; ``allowed`` lists the values by priority."""

    name: str = ""
    type: str = ""
    allowed: str = ""
    default: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule. ``notes`` go with the annotation columns; ``clause`` is the clause that says so, by its address."""

    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()
    description: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """``policy`` as in the standard (UNIQUE, ANY, ...), ``aggregation`` SUM MIN MAX COUNT or "" ."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rows: tuple[Row, ...]
    policy: str = "UNIQUE"
    aggregation: str = ""
    note_names: tuple[str, ...] = ()
    output_label: str = ""

    @property
    def letter(self) -> str:
        return POLICIES[self.policy]


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a business knowledge model, each parameter bound to an expression."""

    function: str
    bindings: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Entries by name; one without a name, at the end, is the result of the whole."""

    entries: tuple[tuple[str, "Expression"], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts written as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple["Expression", ...], ...]


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """Parameters, each (name, type), and the expression of the body."""

    parameters: tuple[tuple[str, str], ...]
    body: "Expression"


Expression = Text | DecisionTable | Invocation | Context | Listing | Relation | FunctionDefinition


@dataclass(frozen=True, slots=True)
class Element:
    """What every node of the requirements graph has. ``label`` and ``description`` are for people."""

    id: str
    name: str
    type: str = ""
    label: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Input(Element):
    """A fact that is asked for."""


@dataclass(frozen=True, slots=True)
class Decision(Element):
    """``needs`` are ids of inputs and decisions, ``knows`` of knowledge models, ``sources`` of knowledge sources."""

    logic: Expression | None = None
    question: str = ""
    answers: str = ""
    needs: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge(Element):
    """A business knowledge model: a function that decisions invoke."""

    logic: FunctionDefinition | None = None
    knows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source(Element):
    """A knowledge source: the paper behind decisions, with its address."""

    address: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """All of one file; elements by id, in the order of the file."""

    name: str
    namespace: str = "https://example.org/jizhun"
    id: str = "model"
    description: str = ""
    types: tuple[ItemType, ...] = ()
    inputs: tuple[Input, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    sources: tuple[Source, ...] = ()
    services: tuple[str, ...] = field(default=(), compare=False)
    """Names of decision services: read, told of, not kept."""

    def elements(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for one in (*self.inputs, *self.decisions, *self.knowledge, *self.sources):
            found[one.id] = one
        return found
