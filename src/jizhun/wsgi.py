"""The product as a WSGI application."""

import os
from importlib import import_module
from importlib.util import find_spec

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")
application = get_wsgi_application()

BEFORE_THE_FIRST_READER = ("jizhun.urls", "pandas", "holidays.countries.china")
"""Loaded when the server starts: all of this together takes more than a second that nobody should wait for. The product
does not need pandas; but where it is installed, Arrow loads it when it first makes a column from a list."""

for name in BEFORE_THE_FIRST_READER:
    if find_spec(name):
        import_module(name)
