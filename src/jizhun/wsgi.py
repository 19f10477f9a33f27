"""The product as a WSGI application."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
application = get_wsgi_application()

BEFORE_THE_FIRST_READER = ("jizhun.urls", "pandas", "holidays.countries.china")
"""Loaded when the server starts: Arrow looks for pandas when it first makes a column from a list, and all of this
together takes more than a second that nobody should wait for."""

for name in BEFORE_THE_FIRST_READER:
    import_module(name)
