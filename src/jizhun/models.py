"""The tables of every room, where Django looks for them; rooms import from one another, never from here."""

from importlib import import_module
from importlib.util import find_spec

ROOMS = ("regions", "people", "catalogue", "provisions", "delivery", "evaluation")

for room in ROOMS:
    if find_spec(f"jizhun.{room}.models"):
        import_module(f"jizhun.{room}.models")
