"""What is kept of collaboration between regions; all that was said stays said."""

from jizhun.collaboration.models.areas import AreaStep, CollaborationArea, JointBodyStep
from jizhun.collaboration.models.carrying import Carried
from jizhun.collaboration.models.crossing import CrossRegion
from jizhun.collaboration.models.joint import JointApproval, JointStandard
from jizhun.collaboration.models.recognition import Recognition, RecognitionEnd

APPEND_ONLY = ("jizhun_collaborationarea", "jizhun_areastep", "jizhun_jointbodystep", "jizhun_recognition",
               "jizhun_recognitionend", "jizhun_jointstandard", "jizhun_jointapproval", "jizhun_crossregion",
               "jizhun_carried")
"""Tables whose rows the database itself refuses to change or delete."""

__all__ = ["APPEND_ONLY", "AreaStep", "Carried", "CollaborationArea", "CrossRegion", "JointApproval", "JointBodyStep",
           "JointStandard", "Recognition", "RecognitionEnd"]
