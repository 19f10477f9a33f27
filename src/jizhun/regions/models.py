"""What is kept of places. Rows are facts with a source; their meaning is in ``regions.rules``."""

from django.db import models

from jizhun.kernel.dating import BEGINNING, FAR


class Revision(models.Model):
    """How often a room's content has changed; other rooms count theirs here too.

    ``token`` differs after every change, also when a restored database repeats a number.
    """

    room = models.CharField(max_length=40, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    token = models.CharField(max_length=16, default="")

    def __str__(self) -> str:
        return f"{self.room} {self.number}"


class Claim(models.Model):
    """Which list brought a code: ``owner`` is the list's own code, ``kind`` the sort of thing (item, label ...)."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=200)
    owner = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "code"), name="one_owner_per_code"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.code}: {self.owner}"


class Region(models.Model):
    """A place under one code. Places that ended stay, with their last day."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    pinyin = models.CharField(max_length=160, blank=True, default="")
    former_zh = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField()
    root = models.CharField(max_length=64)
    in_scope = models.BooleanField(default=True)
    simulated = models.BooleanField(default=False)
    valid_from = models.DateField(default=BEGINNING)
    valid_until = models.DateField(default=FAR)
    exact = models.BooleanField(default=True)
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def verified(self) -> bool:
        """Whether the row was checked against a first-hand source."""
        return self.mark in {"V", "D"}


class RegionParent(models.Model):
    """Whom a place answers to (administrative) or who pays it (fiscal), from day to day."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Region, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    valid_from = models.DateField(default=BEGINNING)
    valid_until = models.DateField(default=FAR)
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "role", "valid_from"),
                                               name="one_parent_per_role_and_day"),)

    def __str__(self) -> str:
        return f"{self.region_id} < {self.parent_id} ({self.role})"


class Succession(models.Model):
    """From ``on`` the area of ``old``, or a part of it, belongs to ``new``."""

    old = models.ForeignKey(Region, models.CASCADE, related_name="+")
    new = models.ForeignKey(Region, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    on = models.DateField()
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("old", "new", "on"), name="one_succession_per_day"),)

    def __str__(self) -> str:
        return f"{self.old_id} > {self.new_id} on {self.on}"


class RegionTile(models.Model):
    """Where a place stands on the tile map, on which every place has the same size; rows count from the top."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="tile")
    row = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    short_zh = models.CharField(max_length=12)
    short_en = models.CharField(max_length=12)

    def __str__(self) -> str:
        return f"{self.region_id} at {self.row}, {self.column}"


class RegionPart(models.Model):
    """A place as a member of a part of the country, in one scheme of parts: for comparing within and between."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="parts")
    scheme = models.CharField(max_length=40)
    part = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "scheme"), name="one_part_per_scheme"),)

    def __str__(self) -> str:
        return f"{self.region_id} in {self.part}"


class Population(models.Model):
    """How many persons live in a place, as counted or estimated for a day."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="populations")
    as_of = models.DateField()
    persons = models.PositiveBigIntegerField()
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "as_of"), name="one_population_per_day"),)

    def __str__(self) -> str:
        return f"{self.region_id}: {self.persons} on {self.as_of}"


class RegionSet(models.Model):
    """A named set of places that are compared, or act together, from day to day; ``kind`` is a word such as pilot."""

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=160)
    name_en = models.CharField(max_length=200)
    valid_from = models.DateField(default=BEGINNING)
    valid_until = models.DateField(default=FAR)
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        ordering = ("-valid_from", "code")

    def __str__(self) -> str:
        return self.code


class RegionSetMember(models.Model):
    """A place as a member of a set, from day to day."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="sets")
    set = models.ForeignKey(RegionSet, models.CASCADE, related_name="members")
    valid_from = models.DateField(default=BEGINNING)
    valid_until = models.DateField(default=FAR)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "set", "valid_from"), name="one_membership_per_day"),)

    def __str__(self) -> str:
        return f"{self.region_id} in {self.set_id}"


class RegionDayOff(models.Model):
    """A day that a place itself makes free (``working`` false) or a working day (true)."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="days_off")
    day = models.DateField()
    working = models.BooleanField(default=False)
    reason_zh = models.CharField(max_length=200, blank=True, default="")
    reason_en = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=400)
    mark = models.CharField(max_length=8)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "day"), name="one_own_day_per_region"),)

    def __str__(self) -> str:
        return f"{self.region_id} {self.day}"
