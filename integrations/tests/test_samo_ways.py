"""The three ways to the operator with real programs between: nothing, TinyProxy, the PHP relay."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import shutil
import socket
import ssl
import subprocess
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer
from integrations.fakes.local_server import serve
from integrations.fakes.samo import PATH, FakeSamo
from integrations.tests.test_samo_connector import TODAY, is_price_request, make_search
from integrations.tours.base import SearchResult
from integrations.tours.samo import calls
from integrations.tours.samo.answers import IpNotAllowed
from integrations.tours.samo.calls import SamoConfig, signed
from integrations.tours.samo.connector import SamoConnector
from integrations.transport.errors import AuthFailed, ConfigError, RateLimited, TransientError
from integrations.transport.http import build_client

SAMO = Path(__file__).parents[1] / "tours" / "samo"
TOKEN = "feedfacefeedfacefeedfacefeedface"
SECRET = "0123456789abcdef" * 4
PROXY_PASSWORD = "proxypasswordproxypassword"

pytestmark = [
    pytest.mark.once,
    pytest.mark.processes,
    pytest.mark.skipif(not shutil.which("php"), reason="apt-get install php-cli php-curl"),
    pytest.mark.skipif(not shutil.which("tinyproxy"), reason="apt-get install tinyproxy-bin"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, **options: Any) -> Iterator[None]:
    """A program, from the moment its port answers until the end of the block."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    try:
        for _ in range(200):
            assert process.poll() is None, process.stdout and process.stdout.read()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(5)
        if process.stdout:
            process.stdout.close()


@dataclass
class Ways:
    """A running operator and what leads to it."""

    fake: FakeSamo
    direct: SamoConfig
    proxied: SamoConfig
    relayed: SamoConfig
    proxy_port: int
    state: Path


def certificate(folder: Path) -> Path:
    """A certificate of `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed_one = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed_one.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def ways(world: Ways) -> Iterator[Ways]:
    """The running programs, with an operator who is well."""
    yield world
    world.fake.is_address_allowed, world.fake.errors_always_xml = True, False
    world.fake.forget_faults()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("samo")
    pem = certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    fake = FakeSamo(today=TODAY, token=TOKEN, is_strict=True)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        # The client's own trust, with the one certificate that exists in this test.
        patch.setattr(
            httpcore2,
            "default_ssl_context",
            lambda **_options: ssl.create_default_context(cafile=pem),
        )
        # Nothing else closes the connections of a client that is kept for good.
        patch.setattr(
            calls,
            "build_client",
            lambda **options: stack.enter_context(build_client(**options)),
        )
        secure = stack.enter_context(serve(fake, tls)).replace("127.0.0.1", "localhost")
        plain = stack.enter_context(serve(fake))
        proxy_port = stack.enter_context(tiny_proxy(folder, secure))
        relay = stack.enter_context(php_relay(folder, plain))
        direct = SamoConfig(token=TOKEN, base_url=secure + PATH, retry_pause_s=0.0)
        proxy = f"http://samo:{PROXY_PASSWORD}@127.0.0.1:{proxy_port}"
        yield Ways(
            fake=fake,
            direct=direct,
            proxied=replace(direct, proxy=proxy),
            relayed=SamoConfig(relay_url=relay, relay_secret=SECRET, retry_pause_s=0.0),
            proxy_port=proxy_port,
            state=folder / "state",
        )


@contextmanager
def tiny_proxy(folder: Path, operator: str) -> Iterator[int]:
    """Configured by the very script that sets up a server."""
    port, filter_file = free_port(), folder / "filter"
    environment = {
        **os.environ,
        "PROXY_PORT": str(port),
        "PROXY_LISTEN": "127.0.0.1",
        "OPERATOR_HOST": "localhost",
        "CONNECT_PORT": operator.rpartition(":")[2],
        "PROXY_PASSWORD": PROXY_PASSWORD,
        "FILTER_FILE": str(filter_file),
    }
    script = SAMO / "proxy" / "setup_proxy.sh"
    printed = subprocess.run(
        [script, "--print", "127.0.0.1"], env=environment, check=True, capture_output=True
    )
    (folder / "tinyproxy.conf").write_bytes(printed.stdout)
    filter_text = subprocess.run(
        ["bash", "-c", f"source {script}; print_filter"],
        env=environment,
        check=True,
        capture_output=True,
    )
    filter_file.write_bytes(filter_text.stdout)
    with running(["tinyproxy", "-d", "-c", str(folder / "tinyproxy.conf")], port):
        yield port


@contextmanager
def php_relay(folder: Path, operator: str, **settings: Any) -> Iterator[str]:
    port, config = free_port(), folder / f"config-{len(settings)}.php"
    state = folder / "state"
    state.mkdir(exist_ok=True)
    values = {
        "token": TOKEN,
        "secret": SECRET,
        "upstream": operator + PATH,
        "state_dir": str(state),
        "per_minute": 1000,
    } | settings
    pairs = ", ".join(
        f"{json.dumps(name)} => {json.dumps(value)}" for name, value in values.items()
    )
    config.write_text(f"<?php return [{pairs}];")
    environment = {**os.environ, "SAMO_RELAY_CONFIG": str(config)}
    script = str(SAMO / "relay" / "samo_relay.php")
    with running(["php", "-S", f"127.0.0.1:{port}", script], port, env=environment):
        yield f"http://127.0.0.1:{port}/"


def found(result: SearchResult) -> list[Any]:
    return [replace(offer, fetched_at=result.checked_at) for offer in result.offers]


def search(config: SamoConfig) -> SearchResult:
    result = SamoConnector(config).search(make_search(date_to=date(2027, 1, 16), budget_max=None))
    return replace(result, checked_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_all_three_ways_bring_the_same_answer(ways: Ways) -> None:
    direct, proxied, relayed = map(search, (ways.direct, ways.proxied, ways.relayed))

    assert len(direct.offers) > 10
    assert found(direct) == found(proxied) == found(relayed)
    assert all(result.is_complete for result in (direct, proxied, relayed))


@pytest.mark.parametrize("way", ["direct", "proxied", "relayed"])
@pytest.mark.parametrize("as_xml", [False, True])
def test_refused_address_is_named_on_every_way(ways: Ways, way: str, as_xml: bool) -> None:
    ways.fake.is_address_allowed, ways.fake.errors_always_xml = False, as_xml

    with pytest.raises(IpNotAllowed, match=r"203\.0\.113\.7") as caught:
        SamoConnector(getattr(ways, way)).check()

    assert caught.value.address == "203.0.113.7"


@pytest.mark.parametrize("way", ["direct", "proxied", "relayed"])
@pytest.mark.parametrize("fault", ["500", "html", "wrong_token", "truncated"])
def test_token_and_secrets_are_nowhere_to_be_seen(
    ways: Ways, way: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    ways.fake.fail_next(fault, times=2)
    caplog.set_level(logging.DEBUG)

    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever it is, it must be clean
        SamoConnector(getattr(ways, way)).check()

    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(ways.relayed)
    for secret in (TOKEN, SECRET, PROXY_PASSWORD):
        assert secret not in told


def test_relay_keeps_the_token_from_the_caller(ways: Ways) -> None:
    before = len(ways.fake.requests)

    SamoConnector(ways.relayed).check()

    (asked,) = ways.fake.requests[before:]
    assert asked.query["oauth_token"] == TOKEN
    assert asked.method == "GET"
    assert ways.relayed.token == ""


class OneAnswer(FakeServer):
    """An operator that has gone mad: the same answer to everything."""

    def __init__(self, answer: FakeResponse) -> None:
        super().__init__()
        self.answer = answer

    def respond(self, request: FakeRequest) -> FakeResponse:
        return self.answer


class TestRelay:
    """What the relay refuses, with our own client left out: a stranger writes the requests."""

    def post(
        self, ways: Ways, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        body = self.body() if body is None else body
        headers = signed(body, SECRET) if headers is None else headers
        asked = len(ways.fake.requests)
        answer = httpx2.post(ways.relayed.relay_url, content=body, headers=headers, trust_env=False)
        if answer.headers["x-relay-status"] == "refused":
            assert len(ways.fake.requests) == asked
            assert answer.json().keys() == {"relay_error", "message"}
        assert TOKEN not in answer.text
        assert SECRET not in answer.text
        return answer

    def body(self, action: str = "SearchTour_TOWNFROMS", **more: Any) -> bytes:
        return json.dumps({"action": action, "params": {}} | more).encode()

    def sign(self, body: bytes, stamp: int, nonce: str, secret: str = SECRET) -> dict[str, str]:
        text = f"{stamp}\n{nonce}\n".encode() + body
        return {
            "X-Relay-Timestamp": str(stamp),
            "X-Relay-Nonce": nonce,
            "X-Relay-Signature": hmac.new(secret.encode(), text, hashlib.sha256).hexdigest(),
        }

    def test_what_is_signed_passes_with_its_status(self, ways: Ways) -> None:
        answer = self.post(ways)

        assert (answer.status_code, answer.headers["x-relay-status"]) == (200, "ok")
        assert len(answer.json()["SearchTour_TOWNFROMS"]) == 4

    def test_status_of_the_operator_is_passed_on(self, ways: Ways) -> None:
        ways.fake.fail_next("503")

        answer = self.post(ways)

        assert (answer.status_code, answer.headers["x-relay-status"]) == (503, "upstream_error")

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"X-Relay-Signature": "0" * 64}, "bad_signature"),
            ({"X-Relay-Signature": ""}, "bad_signature"),
            ({"X-Relay-Nonce": "b" * 32}, "bad_signature"),
            ({"X-Relay-Nonce": "../../etc/passwd"}, "unsigned"),
            ({"X-Relay-Timestamp": "soon"}, "unsigned"),
        ],
    )
    def test_wrong_signature_is_refused(
        self, ways: Ways, change: dict[str, str], code: str
    ) -> None:
        body = self.body()
        answer = self.post(ways, body, self.sign(body, int(time.time()), "a" * 32) | change)

        assert (answer.status_code, answer.json()["relay_error"]) == (401, code)

    def test_unsigned_request_is_refused(self, ways: Ways) -> None:
        answer = self.post(ways, headers={})

        assert (answer.status_code, answer.json()["relay_error"]) == (401, "unsigned")

    def test_another_secret_is_refused(self, ways: Ways) -> None:
        body = self.body()
        stranger = self.sign(body, int(time.time()), "c" * 32, "f" * 64)

        assert self.post(ways, body, stranger).status_code == 401

    @pytest.mark.parametrize("seconds", [-301, 310, -86400])
    def test_old_timestamp_is_refused(self, ways: Ways, seconds: int) -> None:
        body = self.body()
        late = self.sign(body, int(time.time()) + seconds, "d" * 32)

        answer = self.post(ways, body, late)

        assert (answer.status_code, answer.json()["relay_error"]) == (401, "old_timestamp")

    def test_replay_is_refused(self, ways: Ways) -> None:
        body = self.body()
        headers = signed(body, SECRET)

        assert self.post(ways, body, headers).status_code == 200
        again = self.post(ways, body, headers)

        assert (again.status_code, again.json()["relay_error"]) == (401, "replay")

    def test_changed_body_is_refused(self, ways: Ways) -> None:
        headers = signed(self.body(), SECRET)

        assert self.post(ways, self.body("SearchTour_STATES"), headers).status_code == 401

    @pytest.mark.parametrize(
        "action",
        [
            "Booking_SaveClaim",
            "Person_Create",
            "searchtour_townfroms",
            "",
            None,
            ["SearchTour_ALL"],
        ],
    )
    def test_forbidden_action_is_refused(self, ways: Ways, action: Any) -> None:
        answer = self.post(ways, json.dumps({"action": action, "params": {}}).encode())

        assert (answer.status_code, answer.json()["relay_error"]) == (403, "action_not_allowed")

    @pytest.mark.parametrize(
        "more",
        [
            {"target_url": "https://evil.example/"},
            {"host": "evil.example"},
            {"upstream": "http://127.0.0.1:22/"},
            {"oauth_token": "x"},
        ],
    )
    def test_foreign_host_cannot_be_asked_for(self, ways: Ways, more: dict[str, str]) -> None:
        answer = self.post(ways, self.body(**more))

        assert (answer.status_code, answer.json()["relay_error"]) == (400, "bad_request")

    @pytest.mark.parametrize(
        "params",
        [
            {"oauth_token": "x"},
            {"samo_action": "reference"},
            {"TOWNFROMINC": "1&action=Booking_SaveClaim"},
            {"TOWNFROMINC": "1\n"},
            {"TOWNFROMINC": ["1"]},
            {"TOWNFROMINC": 1},
            {"A" * 40: "1"},
            {"TOWNFROMINC": "1" * 3000},
            "all",
        ],
    )
    def test_strange_parameters_are_refused(self, ways: Ways, params: Any) -> None:
        answer = self.post(ways, self.body(params=params))

        assert (answer.status_code, answer.json()["relay_error"]) == (400, "bad_params")

    @pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe"])
    def test_nonsense_is_refused(self, ways: Ways, body: bytes) -> None:
        assert self.post(ways, body).status_code in (400, 403)

    def test_large_request_is_refused(self, ways: Ways) -> None:
        assert self.post(ways, b" " * 20000).status_code == 413

    def test_it_answers_to_post_only(self, ways: Ways) -> None:
        answer = httpx2.get(ways.relayed.relay_url, trust_env=False)

        assert (answer.status_code, answer.headers["x-relay-status"]) == (405, "refused")

    def test_too_many_requests_are_refused(self, ways: Ways, tmp_path: Path) -> None:
        with serve(ways.fake) as operator, php_relay(tmp_path, operator, per_minute=2) as url:
            connector = SamoConnector(replace(ways.relayed, relay_url=url))
            with pytest.raises(RateLimited):  # in the second minute, if one begins meanwhile
                [connector.check() for _ in range(6)]

    def test_operator_who_is_away_is_a_passing_fault(self, ways: Ways, tmp_path: Path) -> None:
        nobody = f"http://127.0.0.1:{free_port()}"
        with php_relay(tmp_path, nobody) as url, pytest.raises(TransientError, match="not reach"):
            SamoConnector(replace(ways.relayed, relay_url=url)).check()

    @pytest.mark.parametrize(
        ("answer", "status", "relay_status"),
        [
            (FakeResponse(302, {"location": "/elsewhere"}), 302, "upstream_error"),
            (FakeResponse(200, {}, b"x" * (10 * 1024 * 1024 + 1)), 502, "unreachable"),
        ],
    )
    def test_redirect_is_not_followed_and_a_flood_is_cut(
        self, ways: Ways, tmp_path: Path, answer: FakeResponse, status: int, relay_status: str
    ) -> None:
        operator = OneAnswer(answer)
        with serve(operator) as address, php_relay(tmp_path, address) as url:
            body = self.body()
            got = httpx2.post(url, content=body, headers=signed(body, SECRET), trust_env=False)

        assert (got.status_code, got.headers["x-relay-status"]) == (status, relay_status)
        assert "location" not in got.headers
        assert [request.path for request in operator.requests] == [PATH]
        assert len(got.content) < 1000
        assert TOKEN not in got.text + repr(got.headers)

    @pytest.mark.parametrize("path", ["/..%2fconfig.php", "/config.php", "/x/../../etc/passwd"])
    def test_path_opens_nothing(self, ways: Ways, path: str) -> None:
        root = ways.relayed.relay_url.split("/", 3)
        answer = httpx2.get("/".join(root[:3]) + path, trust_env=False)

        assert answer.status_code in (404, 405)
        assert TOKEN not in answer.text
        assert SECRET not in answer.text

    def test_relay_without_settings_serves_nobody(self, ways: Ways, tmp_path: Path) -> None:
        with php_relay(tmp_path, "http://127.0.0.1:9", secret="short") as url:
            answer = httpx2.post(url, content=self.body(), trust_env=False)

        assert (answer.status_code, answer.json()["relay_error"]) == (502, "not_configured")

    def test_our_client_tells_a_wrong_secret_from_a_wrong_address(self, ways: Ways) -> None:
        with pytest.raises(AuthFailed, match="secret"):
            SamoConnector(replace(ways.relayed, relay_secret="f" * 64)).check()
        with serve(ways.fake) as operator, pytest.raises(ConfigError, match="no relay"):
            SamoConnector(replace(ways.relayed, relay_url=operator + PATH)).check()


class TestProxy:
    def connect(self, ways: Ways, target: str, password: str = PROXY_PASSWORD) -> int:
        """The status with which the proxy answers a CONNECT."""
        pair = httpx2.BasicAuth("samo", password)._auth_header
        with socket.create_connection(("127.0.0.1", ways.proxy_port), 5) as line:
            asked = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"
            line.sendall(f"{asked}Proxy-Authorization: {pair}\r\n\r\n".encode())
            return int(line.makefile("rb").readline().split()[1])

    def operator(self, ways: Ways) -> str:
        return ways.direct.base_url.removeprefix("https://").split("/")[0]

    def test_the_operator_may_be_reached(self, ways: Ways) -> None:
        assert self.connect(ways, self.operator(ways)) == 200

    def test_password_is_needed(self, ways: Ways) -> None:
        assert self.connect(ways, self.operator(ways), "wrong") in (401, 407)
        with pytest.raises(TransientError):
            SamoConnector(
                replace(ways.proxied, proxy=f"http://127.0.0.1:{ways.proxy_port}")
            ).check()

    @pytest.mark.parametrize(
        "host", ["example.com", "xlocalhost", "localhost.example.com", "127.0.0.1"]
    )
    def test_other_hosts_are_closed(self, ways: Ways, host: str) -> None:
        port = self.operator(ways).rpartition(":")[2]

        assert self.connect(ways, f"{host}:{port}") == 403

    def test_plain_requests_to_other_hosts_are_closed(self, ways: Ways) -> None:
        proxy = f"http://samo:{PROXY_PASSWORD}@127.0.0.1:{ways.proxy_port}"
        with httpx2.Client(proxy=proxy, trust_env=False) as client:
            assert client.get("http://127.0.0.1:1/").status_code == 403

    def test_other_ports_are_closed(self, ways: Ways) -> None:
        assert self.connect(ways, f"localhost:{free_port()}") == 403

    @pytest.mark.parametrize("address", ["0.0.0.0/0", "10.0.0.0/8", "all", ""])
    def test_whole_networks_are_not_let_in(self, address: str) -> None:
        script = SAMO / "proxy" / "setup_proxy.sh"
        done = subprocess.run([script, "--print", address], capture_output=True, text=True)

        assert done.returncode == 1
        assert "Allow" not in done.stdout


class TestDiagnosisScript:
    def run(self, ways: Ways, operator: str, folder: Path) -> subprocess.CompletedProcess[str]:
        key = folder / "token"
        key.write_text(TOKEN)
        environment = {
            **os.environ,
            "SAMO_API_URL": operator + PATH,
            "SAMO_TOKEN_FILE": str(key),
        }
        return subprocess.run(
            [SAMO / "relay" / "samo_diagnose.sh"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_it_says_that_all_works_and_how_long_it_takes(self, ways: Ways, tmp_path: Path) -> None:
        with serve(ways.fake) as operator:
            done = self.run(ways, operator, tmp_path)

        assert done.returncode == 0
        assert "SearchTour_TOWNFROMS: 200" in done.stdout
        assert "Всё работает." in done.stdout
        assert TOKEN not in done.stdout + done.stderr

    @pytest.mark.parametrize("as_xml", [False, True])
    def test_it_names_the_address_to_be_let_in(
        self, ways: Ways, tmp_path: Path, as_xml: bool
    ) -> None:
        ways.fake.is_address_allowed, ways.fake.errors_always_xml = False, as_xml
        with serve(ways.fake) as operator:
            done = self.run(ways, operator, tmp_path)

        assert done.returncode == 1
        assert "203.0.113.7" in done.stdout

    def test_it_says_when_nobody_answers(self, ways: Ways, tmp_path: Path) -> None:
        done = self.run(ways, f"http://127.0.0.1:{free_port()}", tmp_path)

        assert done.returncode == 1
        assert "Ответа нет" in done.stdout


def test_price_requests_reach_the_operator_whole(ways: Ways) -> None:
    """What the relay lets through is letter for letter what is asked directly."""

    def asked(config: SamoConfig) -> list[dict[str, str]]:
        before = len(ways.fake.requests)
        search(config)
        return [dict(each.query) for each in ways.fake.requests[before:] if is_price_request(each)]

    assert asked(ways.direct) == asked(ways.relayed) != []
