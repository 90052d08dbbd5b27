"""An endpoint is a model, the address it answers at, and the key that is sent there and nowhere else."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from refusals.errors import InputError

if TYPE_CHECKING:
    from refusals.study import SystemSpec


class Secret:
    """A key. Nothing that prints, logs or stores an object shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key, for the header that it is sent in."""
        return self._value

    def hide(self, text: str) -> str:
        """Return a text, such as a server's message, without the key."""
        return text.replace(self._value, "***")

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written anywhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Whom to ask. `url` has no slash at its end; `key` is None where none is to be sent."""

    model: str
    url: str
    key: Secret | None

    def explain(self, message: str, status: int = 0) -> str:
        """Return an error's message without the key, and with what is ours in it."""
        if self.key:
            return self.key.hide(message)
        return f"{message} (no key was sent)" if status in (401, 403) else message


def read_endpoint(spec: SystemSpec, *, variable: str, url: str = "") -> Endpoint:
    """Read `MODEL@BASE_URL`, or `MODEL` where there is a default `url`, and the key.

    The key is in the environment variable that the spec names, else in `variable`. It may be
    missing on the loopback interface, and is not sent over plain http beyond it.

    Raises:
        InputError: if a part is missing or wrong.
    """
    found = re.fullmatch(r"(?P<model>(?!@)(?:(?!@http|://)\S)+)(?:@(?P<url>https?://\S*))?", spec.target)
    written = (found["url"] or url) if found else ""
    if not found or not written:
        wanted = f"{spec.kind}:MODEL@BASE_URL, with http:// or https:// in BASE_URL"
        raise InputError(
            f"{spec.kind}:{_without_user(spec.target)} does not say whom to ask; "
            f"write {f'{spec.kind}:MODEL or ' if url else ''}{wanted}"
        )
    address, private = _read_address(written)
    return Endpoint(model=found["model"], url=address, key=_read_key(spec, variable, address, private=private))


def _read_address(written: str) -> tuple[str, bool]:
    """Return an address in one spelling, and whether it is on the loopback interface."""
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")  # as looking it up will
    except ValueError:
        host = ""
    if not host or re.search(r"[?#@\\]", written):
        raise InputError(
            f"{_without_user(written)!r} is no base URL; write http(s)://HOST[:PORT][/PATH], "
            "with no user, query or fragment"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/"), _is_loopback(host)


def _without_user(written: str) -> str:
    return re.sub("//.*@", "//***@", written)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_key(spec: SystemSpec, variable: str, address: str, *, private: bool) -> Secret | None:
    if not private and address.startswith("http:"):
        if spec.key:
            raise InputError(f"the key in {spec.key} would go over plain http; write https://, or leave out `key`")
        return None
    name = spec.key or variable
    key = os.environ.get(name, "")
    if not key and not private:
        raise InputError(
            f"{spec.name} needs a key for {address}: put it into the environment variable {name}, "
            "or name another one as `key` in the study"
        )
    if not re.fullmatch("[!-~]*", key):
        raise InputError(f"the environment variable {name} holds no key: blanks, line breaks or letters beyond ASCII")
    return Secret(key) if key else None
