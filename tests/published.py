"""The schemas of those who publish the formats: what is written is checked against them. Mark the tests ``schemas``."""

import importlib
from functools import cache
from typing import Any

import components


@cache
def xsd(entry: str) -> Any:
    """lxml's XMLSchema of a file under the folder of schemas."""
    etree: Any = importlib.import_module("lxml.etree")
    return etree.XMLSchema(etree.parse(str(components.SCHEMAS / entry)))


def faults(entry: str, content: bytes) -> str:
    """What the schema finds wrong with a document; empty where nothing is."""
    etree: Any = importlib.import_module("lxml.etree")
    schema = xsd(entry)
    return "" if schema.validate(etree.fromstring(content)) else str(schema.error_log)
