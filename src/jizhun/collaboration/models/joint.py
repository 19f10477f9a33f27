"""Joint standards: one project that several places approve, each under a number of its own."""

from django.db import models

from jizhun.collaboration.models.areas import CollaborationArea
from jizhun.drafting.models import Project


class JointStandard(models.Model):
    """A project whose text ``regions`` are to approve too, besides the place that drafts it."""

    area = models.ForeignKey(CollaborationArea, on_delete=models.PROTECT, related_name="joint_standards")
    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="joint")
    regions = models.JSONField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"joint:{self.project_id}"


class JointApproval(models.Model):
    """A place approved it under its number, or said anew what it holds now. The newest of a place counts.

    ``state``: what the place held then (``rules.joint.State``), by which a later change is seen.
    """

    joint = models.ForeignKey(JointStandard, on_delete=models.PROTECT, related_name="approvals")
    region = models.CharField(max_length=64)
    number = models.CharField(max_length=120)
    effective_on = models.DateField()
    state = models.JSONField()
    reason = models.TextField(blank=True)
    on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.joint_id} {self.region} {self.number}"
