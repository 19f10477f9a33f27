"""The product's own settings over a home that is thrown away."""

import atexit
import os
import shutil
import tempfile

home = tempfile.mkdtemp(prefix="jizhun-test-")
atexit.register(shutil.rmtree, home, ignore_errors=True)
os.environ["JIZHUN_HOME"] = home
os.environ["JIZHUN_DATABASE_URL"] = os.environ.get("JIZHUN_TEST_DATABASE_URL", "")
os.environ["JIZHUN_HOSTS"] = "localhost,127.0.0.1,[::1],testserver"

from jizhun.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_MAX_AGE = 0
