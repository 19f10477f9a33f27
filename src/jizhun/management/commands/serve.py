"""``jizhun serve``: the web server, and beside it the worker for long jobs."""

import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.kernel.bilingual import Refused
from jizhun.management.arguments import whole_number
from jizhun.people.actions import demo_logins
from jizhun.people.rules import DEMONSTRATION_PASSWORD

STOP_SECONDS = 10
"""How long a page that is being made may hold up the end of the server."""


def is_local(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_free(host: str, port: int) -> None:
    """Refused when another program listens there, or when this machine has no such address."""
    try:
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise Refused(
            zh=f"无法在 {host}:{port} 提供服务：地址不可用或端口已被占用；请换一个 --port。",
            en=f"{host}:{port} cannot be served: no such address here, or another program has the port; "
               "choose another --port.") from error


@contextmanager
def worker() -> Iterator[None]:
    """A process that works off the queue of long jobs, for as long as the server runs."""
    process = subprocess.Popen([sys.executable, "-m", "jizhun", "db_worker", "--interval", "1"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


class Command(BaseCommand):
    """Serve on one address until interrupted."""

    help = _("Serve the portal, the workbench and the API, with the worker for long jobs beside them.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=whole_number(1, 65535), default=8000)
        parser.add_argument("--threads", type=whole_number(1, 256), default=4)
        parser.add_argument("--no-worker", action="store_true")
        parser.add_argument("--demo", action="store_true",
                            help=_("allow the demonstration logins on an address others can reach"))

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_logins(options["host"], options["demo"])
        check_free(options["host"], options["port"])
        self.greet(options["host"], options["port"])
        if options["no_worker"]:
            return self.serve(options)
        with worker():
            self.serve(options)

    def check_logins(self, host: str, allowed: bool) -> None:
        """Everybody knows the demonstration password: such logins are for one's own machine."""
        if not is_local(host) and not allowed and demo_logins():
            raise Refused(zh="有演示账号，其口令人尽皆知；请先停用，或用 --demo 表示知情。",
                          en="There are demonstration logins, whose password everybody knows: disable them, "
                             "or say --demo.")

    def greet(self, host: str, port: int) -> None:
        """Print the address, and how to sign in."""
        self.stdout.write(f"\n  http://{host}:{port}\n")
        language = get_language() or "en"
        if logins := demo_logins():
            self.stdout.write("  " + _("Demonstration logins, password %(password)s:")
                              % {"password": DEMONSTRATION_PASSWORD})
        for login in logins:
            self.stdout.write(f"    {login.username:<24}{login.name.in_language(language)} ({login.region})")
        self.stdout.write(f"  JIZHUN_HOME {settings.HOME}\n")
        self.stdout.flush()

    def serve(self, options: dict[str, Any]) -> None:
        """Run granian in this process until it is told to stop."""
        from granian.constants import Interfaces
        from granian.log import LogLevels
        from granian.server import Server

        server = Server("jizhun.wsgi:application", address=options["host"], port=options["port"],
                        interface=Interfaces.WSGI, blocking_threads=options["threads"],
                        log_level=LogLevels.warning, log_access=False, websockets=False,
                        workers_kill_timeout=STOP_SECONDS)
        server.serve()
