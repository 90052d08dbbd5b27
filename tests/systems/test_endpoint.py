"""Where a key may go, how an address is read, and that no key shows."""

import json
import pickle
from dataclasses import replace

import pytest

from refusals.errors import InputError
from refusals.study import SystemSpec
from refusals.systems._endpoint import Endpoint, Secret, read_endpoint

CANARY = "sk-CANARY-0f1e2d3c"
SPEC = SystemSpec(name="guard", kind="served")


def endpoint(target: str, key: str = "") -> Endpoint:
    """Read the endpoint of a system whose default variable is SERVED_KEY."""
    return read_endpoint(replace(SPEC, target=target, key=key), variable="SERVED_KEY", url="https://api.example")


@pytest.mark.parametrize(
    ("target", "model", "url"),
    [
        ("m-1", "m-1", "https://api.example"),
        ("m@2026", "m@2026", "https://api.example"),
        ("org/m:8b@2026@https://Host.example/v1//", "org/m:8b@2026", "https://host.example/v1"),
        ("m@http://[::1]:8000/V1", "m", "http://[::1]:8000/V1"),
        ("m@http://localhost:8000", "m", "http://localhost:8000"),
    ],
)
def test_a_target_is_a_model_and_perhaps_an_address(
    monkeypatch: pytest.MonkeyPatch, target: str, model: str, url: str
) -> None:
    """The address begins at the first @http; one address has one spelling, so that cached replies are found."""
    monkeypatch.setenv("SERVED_KEY", CANARY)

    read = endpoint(target)

    assert (model, url) == (read.model, read.url)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "@https://host",
        "a model",
        "m@https://",
        "m@https:/host",
        "m@HTTPS://host",
        "https://host",
        "m@https://a..b",
        "m@https://host:port",
        "m@https://host:99999",
        "m@https://[::1",
        "m@https://host?key=1",
        "m@https://host#x",
        "m@https://host/\\evil",
        "m@https://ho st",
    ],
)
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """A mistyped target is said before the first call."""
    monkeypatch.setenv("SERVED_KEY", CANARY)

    with pytest.raises(InputError, match=r"say whom to ask|is no base URL"):
        endpoint(target)


@pytest.mark.parametrize("model", ["m", "a model"])
def test_a_key_in_an_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """An address is stored and shown, so it has no user and no password."""
    monkeypatch.setenv("SERVED_KEY", CANARY)

    with pytest.raises(InputError) as caught:
        endpoint(f"{model}@https://user:hunter2@host/v1")

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("m@https://far.example", True),
        ("m@http://127.0.0.1:80", True),
        ("m@http://127.8.9.1", True),
        ("m@http://localhost", True),
        ("m@http://[::1]", True),
        ("m@http://far.example", False),
        ("m@http://127.0.0.1.far.example", False),
        ("m@http://localhost.far.example", False),
        ("m@http://10.0.0.1", False),
    ],
)
def test_a_key_goes_over_https_or_stays_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    sent: bool,  # noqa: FBT001 - a table of examples
) -> None:
    """Over plain http the default key is not sent, and one that was named is refused."""
    monkeypatch.setenv("SERVED_KEY", CANARY)

    assert sent == (endpoint(target).key is not None)
    if not sent:
        with pytest.raises(InputError, match="plain http"):
            endpoint(target, key="SERVED_KEY")


def test_a_key_may_be_missing_on_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere the message names the variable."""
    monkeypatch.delenv("SERVED_KEY", raising=False)

    assert endpoint("m@http://127.0.0.1:8000").key is None
    with pytest.raises(InputError, match="environment variable SERVED_KEY"):
        endpoint("m")


@pytest.mark.parametrize("key", [CANARY + "\n", f" {CANARY}", CANARY + "é", "a b"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """A client's own error about a header would show it."""
    monkeypatch.setenv("SERVED_KEY", key)

    with pytest.raises(InputError, match="SERVED_KEY holds no key") as caught:
        endpoint("m")

    assert CANARY not in str(caught.value)


def test_a_key_is_not_shown_and_not_written() -> None:
    """Representations, formats and messages have stars; pickle and JSON have an error."""
    secret = Secret(CANARY)
    held = Endpoint(model="m", url="https://host", key=secret)

    assert CANARY not in f"{secret} {secret!r} {held} {held!r} {held.explain('key: ' + CANARY, 401)}"
    assert secret.reveal() == CANARY
    for write in (pickle.dumps, json.dumps):
        with pytest.raises(TypeError):
            write(secret)
