"""Small decision models, written as an editor would, and what each runner makes of them."""

from collections.abc import Callable
from html import escape
from typing import Any

import pytest

from jizhun.entitlements.dmn import Lowered, Runner, decide, lowered, read_model, typed
from jizhun.entitlements.feel import Fault
from jizhun.entitlements.feel.notation import plain
from worlds import CASES

UNEMPLOYMENT = (CASES / "dmn" / "unemployment.dmn").read_bytes()
VERSIONS = {"1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
            "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
            "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
            "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/"}


def dmn(*parts: str, version: str = "1.3") -> bytes:
    return (f'<definitions xmlns="{VERSIONS[version]}" xmlns:feel="http://www.omg.org/spec/FEEL/20140401" id="m" '
            f'name="model" namespace="https://example.org/m">{"".join(parts)}</definitions>').encode()


def text(expression: str) -> str:
    return f"<literalExpression><text>{escape(expression)}</text></literalExpression>"


def decision(name: str, box: str, of: str = "") -> str:
    return f'<decision name="{name}"><variable name="{name}" typeRef="{of}"/>{box}</decision>'


def inputs(*names: str) -> str:
    """Inputs, each written ``name`` or ``name: type``."""
    pairs = [(name.strip(), of.strip()) for name, _, of in (one.partition(":") for one in names)]
    return "".join(f'<inputData name="{name}"><variable name="{name}" typeRef="{of}"/></inputData>' for name,
                   of in pairs)


def kind(name: str, base: str = "", allowed: str = "", parts: str = "", many: bool = False, tag: str = "itemDefinition",
         values: str = "allowedValues") -> str:
    """A type of the model; ``parts`` are its components."""
    held = (f"<typeRef>{base}</typeRef>" if base else "") + (entry(values, allowed) if allowed else "") + parts
    return f'<{tag} name="{name}" isCollection="{str(many).lower()}">{held}</{tag}>'


def part(name: str, base: str = "", allowed: str = "", many: bool = False) -> str:
    return kind(name, base, allowed, many=many, tag="itemComponent")


def knowledge(name: str, parameters: str, box: str) -> str:
    formal = "".join(f'<formalParameter name="{one}"/>' for one in parameters.split())
    return (f'<businessKnowledgeModel name="{name}"><encapsulatedLogic>{formal}{box}</encapsulatedLogic>'
            "</businessKnowledgeModel>")


def entry(tag: str, expression: str) -> str:
    return f"<{tag}><text>{escape(expression)}</text></{tag}>"


def table(asked: list[str], outputs: list[str], rules: list[str], policy: str = "UNIQUE", aggregation: str = "",
          values: str = "", defaults: str = "") -> str:
    """A decision table; a rule is written ``cell | cell => result | result``."""
    columns = "".join(f"<input>{entry('inputExpression', one)}</input>" for one in asked)
    told = "".join(
        f'<output name="{name}">{entry("outputValues", values) if values else ""}'
        f'{entry("defaultOutputEntry", default) if default else ""}</output>'
        for name, default in zip(outputs, (defaults.split("|") if defaults else [""] * len(outputs)), strict=True))
    rows = ""
    for rule in rules:
        left, _, right = rule.partition("=>")
        cells = [entry("inputEntry", one.strip()) for one in left.split("|")] if asked else []
        rows += f"<rule>{''.join(cells)}{''.join(entry('outputEntry', one.strip()) for one in right.split('|'))}</rule>"
    total = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{total}>{columns}{told}{rows}</decisionTable>'


def answer(content: bytes, wanted: str, **facts: Any) -> Any:
    """What a decision comes to, by both runners, as JSON holds it; or the whole sentence of its Fault."""
    model = lowered(read_model(content))
    told = by_each(model, wanted, typed(model, facts))
    assert told[0] == told[1]
    return told[0]


def by_each(model: Lowered, wanted: str, facts: dict[str, Any]) -> list[Any]:
    """What each of the two runners says."""
    return [sentence_or(lambda: plain(Runner(model).decide(wanted, facts))),
            sentence_or(lambda: plain(decide(model, [wanted], facts)[wanted]))]


def sentence_or(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Fault as fault:
        assert fault.whole.zh and fault.whole.en
        return f"! {fault.whole.en}"


def refusal(content: bytes) -> str:
    """The sentence with which a model is refused."""
    with pytest.raises(Fault) as told:
        lowered(read_model(content))
    assert told.value.whole.zh
    return told.value.whole.en


def boxed(function: str, **bindings: str) -> str:
    bound = "".join(f'<binding><parameter name="{name}"/>{text(one)}</binding>' for name, one in bindings.items())
    return f"<invocation>{text(function)}{bound}</invocation>"


def context(*entries: tuple[str, str]) -> str:
    def one(name: str, box: str) -> str:
        variable = f'<variable name="{name}"/>' if name else ""
        return f"<contextEntry>{variable}{box}</contextEntry>"
    return f"<context>{''.join(one(*each) for each in entries)}</context>"
