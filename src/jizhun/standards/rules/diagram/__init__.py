"""The structure diagram of a standards system in the three forms of GB/T 13016, as boxes and as SVG. Pure."""

from jizhun.standards.rules.diagram.drawing import as_file, as_svg
from jizhun.standards.rules.diagram.grid import BY_KIND, Across, by_subject, matrix
from jizhun.standards.rules.diagram.picture import Box, Frame, Picture, Stroke
from jizhun.standards.rules.diagram.trees import layered, sequence

__all__ = ["BY_KIND", "Across", "Box", "Frame", "Picture", "Stroke", "as_file", "as_svg", "by_subject", "layered",
           "matrix", "sequence"]
