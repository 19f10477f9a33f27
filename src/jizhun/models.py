"""The tables of every room, where Django looks for them; rooms import from one another, never from here."""

from jizhun.catalogue import models as catalogue
from jizhun.collaboration import models as collaboration
from jizhun.delivery import models as delivery
from jizhun.drafting import models as drafting
from jizhun.entitlements import models as entitlements
from jizhun.evaluation import models as evaluation
from jizhun.guides import models as guides
from jizhun.impact import models as impact
from jizhun.people import models as people
from jizhun.pilots import models as pilots
from jizhun.planning import models as planning
from jizhun.provisions import models as provisions
from jizhun.regions import models as regions
from jizhun.standards import models as standards
from jizhun.training import models as training

__all__ = ["catalogue", "collaboration", "delivery", "drafting", "entitlements", "evaluation", "guides", "impact",
           "people", "pilots", "planning", "provisions", "regions", "standards", "training"]
