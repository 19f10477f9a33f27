"""The tables of every room, where Django looks for them; rooms import from one another, never from here."""

from jizhun.catalogue import models as catalogue
from jizhun.delivery import models as delivery
from jizhun.evaluation import models as evaluation
from jizhun.people import models as people
from jizhun.provisions import models as provisions
from jizhun.regions import models as regions

__all__ = ["catalogue", "delivery", "evaluation", "people", "provisions", "regions"]
