"""BPMN 2.0: a table of steps as a diagram and back, its layout, and its picture."""

from jizhun.procedures.bpmn.drawing import picture
from jizhun.procedures.bpmn.layout import Placed, placed
from jizhun.procedures.bpmn.reading import ReadDiagram, read_bpmn
from jizhun.procedures.bpmn.writing import write_bpmn

__all__ = ["Placed", "ReadDiagram", "picture", "placed", "read_bpmn", "write_bpmn"]
