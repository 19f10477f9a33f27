"""Who pays: shares of a whole, or layer by layer what each level of places added to a value in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from jizhun.provisions.rules import Answer, Quantity

LEVELS = ("central", "province", "city", "county")
"""Who pays what a place of each level added to a layered value."""
REST = "individual_account"
"""Who pays what is no layer: what the person saved."""
Shares = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Payers:
    """Who pays: shares in percent for all, and others in some regions.

    With ``layers``, the name of a measure, the shares are those of the nation's layer, and what places below it added
    is paid by them; ``level_of`` tells the level of a place (0 the nation).
    """

    shares: Shares
    shares_of: Callable[[str], Shares]
    layers: str = ""
    level_of: Callable[[str], int] = lambda place: 0

    def layer_by_layer(self, answer: Answer) -> tuple[int, ...]:
        """Cents that each level adds to a value in force."""
        added, best = [0] * len(LEVELS), Decimal(0)
        for step in answer.path:
            if isinstance(step.value, Quantity) and step.value.amount > best:
                added[min(self.level_of(step.place), len(LEVELS) - 1)] += int((step.value.amount - best) * 100)
                best = step.value.amount
        return tuple(added)

    def split(self, bill: "Bill") -> dict[str, int]:
        """Cents by payer of one side; what does not divide evenly goes to the first payer of a region."""
        found: dict[str, int] = {}
        for region, cents in bill.totals.items():
            shares = self.shares_of(region) or self.shares
            if not self.layers:
                _share(found, shares, cents)
                continue
            for level, part in enumerate(bill.layers.get(region, ())):
                _share(found, shares if level == 0 else ((LEVELS[level], 100),), part)
            _share(found, ((REST, 100),), cents - sum(bill.layers.get(region, ())))
        return {payer: cents for payer, cents in found.items() if cents}


def _share(found: dict[str, int], shares: Shares, cents: int) -> None:
    parts = {payer: cents * percent // 100 for payer, percent in shares[1:]}
    parts[shares[0][0]] = cents - sum(parts.values())
    for payer, part in parts.items():
        found[payer] = found.get(payer, 0) + part


@dataclass
class Bill:
    """What one side pays by region, in cents: in all, and by the layers of the value in force.

    ``rows`` is how many rows of the population get something there.
    """

    totals: dict[str, int] = field(default_factory=dict)
    layers: dict[str, list[int]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, region: str, cents: int, rows: int) -> None:
        self.totals[region] = self.totals.get(region, 0) + cents
        self.rows[region] = self.rows.get(region, 0) + rows

    def add_layers(self, region: str, persons: int, added: Sequence[int]) -> None:
        own = self.layers.setdefault(region, [0] * len(LEVELS))
        for level, cents in enumerate(added):
            own[level] += persons * cents

    def payer_rows(self, payers: "Payers | None") -> list[int]:
        """For each payer how many rows stand behind what it pays."""
        if payers is None:
            return []
        found: dict[str, int] = {}
        for region, rows in self.rows.items():
            alone = Bill({region: self.totals[region]}, {region: self.layers.get(region, [])})
            for payer in payers.split(alone):
                found[payer] = found.get(payer, 0) + rows
        return list(found.values())
