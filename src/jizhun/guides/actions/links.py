"""Looks at the addresses that guides give: politely, never inside the own network, each look kept for judging later.

Whether a link is dead is told by ``rules.reaching.dead`` from many looks, never from one.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urljoin, urlsplit

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import GUIDE
from jizhun.guides.actions.checking import standing_points_of, written_at
from jizhun.guides.models import LinkCheck
from jizhun.guides.rules.checks import addresses
from jizhun.guides.rules.reaching import made_up, wrong_link
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree

TIMEOUT = 10.0
"""Seconds that a server has to answer."""
PAUSE = 1.0
"""Seconds between two looks at one server."""
AT_ONCE = 8
"""Servers asked at the same time; one server is never asked two things at once."""
REDIRECTS = 5
THERE = frozenset({401, 403, 405, 406, 418, 429})
"""Answers of servers that are there and do not want to talk to a machine."""
HEADERS = {"User-Agent": "jizhun-link-check", "Accept": "*/*", "Connection": "close"}


def links_within(*, region: str, on: date) -> list[str]:
    """The addresses that guides and service points of a region give on a day, each once; those of the matters' own
    words at the region and all below it."""
    within = set(tree().within(region, on))
    found: dict[str, None] = {}
    for content in written_at(GUIDE, list(catalogue().matters), within, on):
        for item in content if isinstance(content, list) else [content]:
            if isinstance(item, dict):
                found.update(dict.fromkeys(addresses(item)))
    for point in standing_points_of(within, on):
        found.update(dict.fromkeys(filter(None, [point.queue_url])))
    return list(found)


def check_links(*, by: Actor, region: str, limit: int = 0, on: date | None = None, intranet: bool = False,
                pause: float = PAUSE, timeout: float = TIMEOUT,
                progress: Callable[[int, int], None] | None = None) -> list[LinkCheck]:
    """Look at the addresses of a region, those longest not looked at first, and keep what came of it.

    ``limit`` 0: all. An address is looked at once a day. ``intranet``: also servers of the own network, which are
    otherwise never asked. Needs the right to write guides there.
    """
    require(by=by, right="guide.edit", path=path_to(region))
    day = on or timezone.localdate()
    wanted = _not_yet([one for one in links_within(region=region, on=day) if _worth(one, intranet)], day)
    wanted = wanted[:limit] if limit else wanted
    rows = [LinkCheck(url=url, on=day, ok=seen.ok, told=seen.told)
            for url, seen in _look_at(wanted, _How(timeout, pause, intranet), progress)]
    _refuse_without_network(rows)
    with transaction.atomic():
        LinkCheck.objects.bulk_create(rows, batch_size=500)
        if rows:
            write_line(by=by, act="guides.check_links", subject=f"region:{region}",
                       after={"looked": len(rows), "failed": sum(not one.ok for one in rows)})
    return rows


def _refuse_without_network(rows: Sequence[LinkCheck]) -> None:
    """Where not one of several servers answered, it is this machine that cannot reach them."""
    servers = {urlsplit(one.url).netloc for one in rows}
    if len(servers) > 2 and not any(one.told.startswith("HTTP ") for one in rows):
        raise Refused(zh="没有一个网址有应答，请检查本机能否上网；没有记录任何结果。",
                      en="Not one address answered: check whether this machine reaches the network. Nothing was kept.")


def _worth(url: str, intranet: bool) -> bool:
    """What is malformed or made up needs no look."""
    wrong = wrong_link(url)
    return not made_up(url) and (wrong is None or (intranet and wrong.en == "works inside one network only"))


def _not_yet(urls: Sequence[str], day: date) -> list[str]:
    """Addresses not looked at today, those longest not looked at first."""
    last: dict[str, date] = {}
    for url, on in LinkCheck.objects.order_by("on").values_list("url", "on"):
        last[url] = on
    return sorted((one for one in urls if last.get(one, date.min) < day), key=lambda one: last.get(one, date.min))


# -- looking ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found."""

    ok: bool
    told: str


@dataclass(frozen=True, slots=True)
class _How:
    timeout: float
    pause: float
    intranet: bool


def _look_at(urls: Sequence[str], how: _How, progress: Callable[[int, int], None] | None) -> Iterator[tuple[str, Seen]]:
    """Server by server, several servers at a time."""
    servers: dict[str, list[str]] = {}
    for url in urls:
        servers.setdefault(urlsplit(url).netloc.lower(), []).append(url)
    done = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda some: _one_server(some, how), servers.values()):
            done += len(found)
            if progress:
                progress(done, len(urls))
            yield from found


def _one_server(urls: Collection[str], how: _How) -> list[tuple[str, Seen]]:
    found: list[tuple[str, Seen]] = []
    for url in urls:
        if found:
            time.sleep(how.pause)
        found.append((url, look(url, timeout=how.timeout, intranet=how.intranet)))
    return found


def look(url: str, *, timeout: float = TIMEOUT, intranet: bool = False) -> Seen:
    """Ask once: HEAD, and GET where that is not answered well; redirects are followed."""
    seen = _asked("HEAD", url, timeout, intranet)
    return seen if seen.ok else _asked("GET", url, timeout, intranet)


def _asked(method: str, url: str, timeout: float, intranet: bool) -> Seen:
    for _ in range(REDIRECTS + 1):
        try:
            status, onward = _status(method, url, timeout, intranet)
        except OSError as error:
            return Seen(False, _why(error))
        except (http.client.HTTPException, ValueError) as error:
            return Seen(False, f"{type(error).__name__}: {error}"[:200])
        if not (300 <= status < 400 and onward):
            return Seen(status < 400 or status in THERE, f"HTTP {status}")
        url = urljoin(url, onward)
        if urlsplit(url).scheme not in ("http", "https"):
            return Seen(False, "it leads to something that is no web page")
    return Seen(False, "too many redirects")


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{error.strerror or error}"[:200]


def _status(method: str, url: str, timeout: float, intranet: bool) -> tuple[int, str]:
    """The status and where it leads. A certificate that cannot be verified is no dead link: it is asked all the same.
    """
    try:
        return _request(method, url, timeout, intranet, ssl.create_default_context())
    except ssl.SSLCertVerificationError:
        return _request(method, url, timeout, intranet, ssl._create_unverified_context())  # nothing secret is sent


def _request(method: str, url: str, timeout: float, intranet: bool, context: ssl.SSLContext) -> tuple[int, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    secure = parts.scheme == "https"
    connection = _Connection(host, parts.port or (443 if secure else 80), timeout=timeout)
    connection.sock = _socket(connection.host, connection.port, timeout, intranet)
    try:
        if secure:
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        way = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else "")
        connection.request(method, way, headers=HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """One whose socket was opened before."""

    auto_open = 0


def _socket(host: str, port: int, timeout: float, intranet: bool) -> socket.socket:
    """A socket to the server; OSError where its address is not open to all, so that nobody has us ask inside."""
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if intranet or ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            return socket.create_connection((str(address[0]), port), timeout)
    raise OSError("its address lies inside a network")
