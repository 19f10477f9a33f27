"""The one Django app: every room is a folder in it."""

from django.apps import AppConfig


class Jizhun(AppConfig):
    """Registers the rooms' tables under the label ``jizhun``."""

    name = "jizhun"
    label = "jizhun"
    verbose_name = "Jizhun"
    default_auto_field = "django.db.models.BigAutoField"
