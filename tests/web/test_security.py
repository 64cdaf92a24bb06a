"""What stands around every request: headers, cookies, hosts, proxies, CSRF, limits, bodies."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from accounts.access import Role, accepts_upload, limited, needs, public
from core import clock
from core.config import Settings
from tests.support import apps
from tests.support.apps import signed_in
from tests.support.pages import check_page, csrf_token, get_page, post
from web import blueprints
from web.gate import BodyTooLarge
from web.page_threads import REFUSAL

Start = Callable[..., FlaskClient]


@pytest.fixture
def start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """`start(proxy_depth=1)`: a browser at an application with these settings and the planted views."""
    monkeypatch.setattr(blueprints, "BLUEPRINTS", (*blueprints.BLUEPRINTS, "tests.support.planted:bp"))
    with ExitStack() as stack:

        def begin(**changes: object) -> FlaskClient:
            changed = Settings.model_validate({**settings.model_dump(), **changes})
            return stack.enter_context(apps.running(changed)).test_client()

        yield begin


def cookie(answer: TestResponse, name: str) -> Morsel[str]:
    """The cookie that an answer sets."""
    for line in answer.headers.getlist("Set-Cookie"):
        jar = SimpleCookie(line)
        if name in jar:
            return jar[name]
    raise AssertionError(f"no cookie {name} in {answer.headers}")


@pytest.mark.parametrize(
    "path", ["/login", "/no/such/page", "/planted/boom", "/api/nowhere", "/static/manifest.json", "/planted/door/7"]
)
def test_every_answer_carries_the_security_headers(planted: FlaskClient, path: str) -> None:
    headers = planted.get(path).headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["connect-src"] == policy["font-src"] == "'self'"
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["worker-src"] == policy["manifest-src"] == "'self'"
    assert policy["script-src"] == policy["style-src"]
    assert policy["script-src"].startswith("'nonce-")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self), microphone=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_a_nonce_is_used_once(client: FlaskClient) -> None:
    policies = {client.get("/login").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


def test_pages_are_not_kept_by_caches_and_built_files_are(planted: FlaskClient) -> None:
    sheet = get_page(planted, "/login").xpath("string(//link[@rel='stylesheet']/@href)")

    assert planted.get("/login").headers["Cache-Control"] == "no-store"
    assert planted.get(sheet).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert planted.get("/static/manifest.json").headers["Cache-Control"] == "public, no-cache"
    assert planted.get("/static/css/app-AAAAAAAA.css").headers["Cache-Control"] == "no-store"
    assert planted.get("/planted/cached").headers["Cache-Control"] == "public, max-age=60"


def test_without_tls_the_session_cookie_is_http_only_and_lax(client: FlaskClient) -> None:
    found = cookie(client.get("/login"), "yunqian")

    assert found["httponly"]
    assert found["samesite"] == "Lax"
    assert found["path"] == "/"
    assert not found["secure"]
    assert not found["domain"]


def test_behind_tls_cookies_are_secure_and_bound_to_the_host(start: Start) -> None:
    client = start(base_url="https://sign.example.test")
    answer = client.get("/login", base_url="https://sign.example.test")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    found = cookie(answer, "__Host-yunqian")
    assert found["secure"]
    assert found["httponly"]
    assert not found["domain"]
    token = check_page(answer).xpath("string(//meta[@name='csrf-token']/@content)")
    chosen = client.post("/locale", data={"csrf_token": token, "locale": "en"}, base_url="https://sign.example.test")
    assert chosen.status_code == 303, "no Referer is sent under no-referrer, and none may be asked for"
    assert cookie(chosen, "locale")["secure"]


def test_only_our_own_host_names_are_answered(start: Start) -> None:
    client = start(base_url="https://sign.example.test")

    assert client.get("/login", base_url="https://sign.example.test").status_code == 200
    for host in ("evil.example.test", "sign.example.test.evil.test", "localhost", "127.0.0.1"):
        answer = client.get("/login", base_url=f"https://{host}")
        assert answer.status_code == 400
        assert host not in answer.text


@pytest.mark.parametrize("changes", [{"demo": True, "base_url": "http://demo.example.test"}, {}])
def test_the_demo_and_a_local_installation_answer_on_localhost(start: Start, changes: dict[str, object]) -> None:
    client = start(**changes)

    for host in ("localhost:8600", "127.0.0.1:8600"):
        assert client.get("/login", base_url=f"http://{host}").status_code == 200
    assert client.get("/login", base_url="http://evil.example.test").status_code == 400


def test_the_sign_in_page_of_a_demo_alone_leads_to_its_start_page(start: Start) -> None:
    assert 'href="/demo"' in start(demo=True).get("/login").text
    assert 'href="/demo"' not in start().get("/login").text


def test_without_proxies_a_forwarded_address_is_not_believed(start: Start) -> None:
    client = start(proxy_depth=0)
    token = csrf_token(client)

    answer = client.post("/planted/limited", data={"csrf_token": token}, headers={"X-Forwarded-For": "203.0.113.9"})

    assert answer.text == "127.0.0.1"


@pytest.mark.parametrize(("depth", "said"), [(0, 1), (1, 0)])
def test_a_proxy_that_nobody_announced_is_told_of_once(
    start: Start, capsys: pytest.CaptureFixture[str], depth: int, said: int
) -> None:
    client = start(proxy_depth=depth)
    client.get("/login")
    assert "proxy_not_announced" not in capsys.readouterr().err

    for _ in range(2):
        client.get("/login", headers={"X-Forwarded-For": "203.0.113.9"})

    assert capsys.readouterr().err.count("proxy_not_announced") == said


@pytest.mark.parametrize(("depth", "address"), [(1, "198.51.100.7"), (2, "203.0.113.9"), (3, "127.0.0.1")])
def test_behind_proxies_the_address_is_what_the_outermost_of_ours_saw(start: Start, depth: int, address: str) -> None:
    client = start(proxy_depth=depth)
    token = csrf_token(client)
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Host": "evil.example.test"}

    answer = client.post("/planted/limited", data={"csrf_token": token}, headers=forwarded)

    assert answer.text == address


def test_a_change_without_the_token_is_refused_readably(planted: FlaskClient) -> None:
    for fields in ({}, {"csrf_token": "made up"}, {"csrf_token": csrf_token(planted.application.test_client())}):
        answer = planted.post("/login", data={**fields, "email": "a@b.cn", "password": "x"})
        assert answer.status_code == 400
        assert "Cookie" in "".join(check_page(answer).xpath("//main//text()"))
    answer = planted.post("/api/planted/echo", json={"a": 1})
    assert answer.json is not None
    assert answer.json["error"]["code"] == "csrf_failed"


def test_the_token_may_come_in_the_header(planted: FlaskClient) -> None:
    token = csrf_token(planted)

    assert planted.post("/api/planted/echo", json={"a": 1}, headers={"X-CSRFToken": token}).json == {"a": 1}


def test_a_program_without_cookies_posts_where_that_is_declared(planted: FlaskClient) -> None:
    assert planted.post("/planted/machine", data=b"1234").text == "4"


def test_the_access_rule_comes_before_the_token(app: Flask) -> None:
    answer = signed_in(app, Role.CLERK).post("/accounts/")

    assert answer.status_code == 403


def test_a_rule_of_a_features_own_gets_the_views_arguments(planted: FlaskClient) -> None:
    assert planted.get("/planted/door/7").text == "door 7"
    assert planted.get("/planted/door/8").status_code == 403


def test_a_public_change_is_limited_per_address_and_opens_again(planted: FlaskClient) -> None:
    token = csrf_token(planted)

    def try_once(address: str = "10.0.0.1") -> int:
        form = {"csrf_token": token}
        return planted.post("/planted/limited", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    assert [try_once() for _ in range(3)] == [200, 200, 429]
    assert try_once("10.0.0.2") == 200
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert try_once() == 200


def test_a_stranger_without_the_token_pays_for_each_try(planted: FlaskClient) -> None:
    assert [planted.post("/planted/limited").status_code for _ in range(3)] == [400, 400, 429]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_use_up_the_tries_of_its_reader(planted: FlaskClient, site: str) -> None:
    for _ in range(5):
        assert planted.post("/planted/limited", headers={"Sec-Fetch-Site": site}).status_code == 400

    answer = post(planted, "/planted/limited", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 200


def test_a_page_with_an_old_token_does_not_lock_its_owner_out(app: Flask) -> None:
    own = needs()(limited("own", times=2, per=timedelta(minutes=5))(lambda: "done"))
    app.add_url_rule("/own", view_func=own, endpoint="own", methods=["POST"])
    client = signed_in(app, Role.HOST)
    for _ in range(5):
        assert client.post("/own", data={"csrf_token": "of yesterday"}).status_code == 400

    assert [post(client, "/own").status_code for _ in range(3)] == [200, 200, 429]


def upload(client: FlaskClient, body: io.BytesIO, **headers: str) -> TestResponse:
    """Send a body as a form with a file, as a program would."""
    size = len(body.getvalue())
    given = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(size), **headers}
    answer: TestResponse = client.post("/planted/few-uploads", input_stream=body, headers=given)
    return answer


@pytest.fixture
def few_uploads(app: Flask) -> FlaskClient:
    """Takes two uploads from each network."""
    few = limited("few-uploads", times=2, per=timedelta(minutes=5))(lambda: str(len(request.files)))
    app.add_url_rule(
        "/planted/few-uploads", view_func=public("planted")(accepts_upload(few)), endpoint="few", methods=["POST"]
    )
    return app.test_client()


def test_nothing_is_read_of_an_upload_that_is_refused(few_uploads: FlaskClient) -> None:
    token = csrf_token(few_uploads)
    form = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--b\r\n'
    file = 'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    data = form.encode() + file.encode() + b"x" * 1_000_000 + b"\r\n--b--\r\n"

    stranger = few_uploads.application.test_client()
    bodies = [io.BytesIO(data) for _ in range(4)]
    answers = [
        upload(stranger, bodies[0]),
        upload(few_uploads, bodies[1], **{"Sec-Fetch-Site": "cross-site"}),
        upload(few_uploads, bodies[2]),
        upload(few_uploads, bodies[3]),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 200, 429]
    assert [body.tell() for body in bodies] == [0, 0, len(data), 0]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("192.0.2.1:50001", "192.0.2.1:50002", True),
        ("[2001:db8:1:2::7]:50001", "2001:db8:1:2::8", True),
        ("", "192.0.2.1", False),
    ],
)
def test_the_addresses_of_one_customer_count_as_one(
    planted: FlaskClient, one: str, other: str, *, together: bool
) -> None:
    statuses = [
        planted.post("/planted/limited", environ_base={"REMOTE_ADDR": address}).status_code
        for address in (one, one, other)
    ]

    assert statuses == [400, 400, 429 if together else 400]


@pytest.mark.parametrize("path", ["/login", "/planted/machine", "/api/planted/echo"])
def test_a_body_over_the_limit_is_refused_readably(start: Start, path: str) -> None:
    client = start(max_body_bytes=10_000)
    token = csrf_token(client)

    answer = client.post(path, data=b"x" * 10_001, headers={"X-CSRFToken": token})

    assert answer.status_code == 413
    if path.startswith("/api/"):
        assert answer.json is not None
        assert answer.json["error"]["code"] == "too_large"
    else:
        check_page(answer)


def test_what_the_gate_refused_is_a_page_for_who_reads_pages(start: Start) -> None:
    answer = start().post("/planted/machine", environ_overrides={REFUSAL: BodyTooLarge()})

    assert answer.status_code == 413
    check_page(answer)


def test_a_body_of_unknown_length_is_counted_while_it_is_read(start: Start) -> None:
    client = start(max_body_bytes=10_000)

    def send(size: int) -> TestResponse:
        environ = EnvironBuilder("/planted/machine", method="POST", input_stream=io.BytesIO(b"x" * size)).get_environ()
        environ.pop("CONTENT_LENGTH", None)
        environ["wsgi.input_terminated"] = True
        return client.open(environ)

    assert send(10_000).text == "10000"
    assert send(10_001).status_code == 413


def test_an_upload_has_a_limit_of_its_own(start: Start) -> None:
    client = start(max_body_bytes=10_000, max_upload_bytes=100_000)
    token = csrf_token(client)

    def upload(size: int) -> TestResponse:
        form = {"csrf_token": token, "file": (io.BytesIO(b"x" * size), "a.pdf")}
        answer: TestResponse = client.post("/planted/upload", data=form)
        return answer

    assert upload(90_000).text == "90000"
    assert upload(100_001).status_code == 413


def test_a_form_of_thousands_of_fields_is_refused(planted: FlaskClient) -> None:
    token = csrf_token(planted)
    fields = {f"field{number}": "x" for number in range(1001)}

    answer = planted.post("/planted/limited", data={"csrf_token": token, **fields}, content_type="multipart/form-data")

    assert answer.status_code == 413


def test_a_request_number_is_made_unless_a_good_one_is_given(client: FlaskClient) -> None:
    assert client.get("/login", headers={"X-Request-Id": "proxy-0123456789"}).headers["X-Request-Id"] == (
        "proxy-0123456789"
    )
    for bad in ("short", "x" * 65, "with space in it", '"><script>', "é" * 10):
        made = client.get("/login", headers={"X-Request-Id": bad}).headers["X-Request-Id"]
        assert made.startswith("req_")
    assert client.get("/login").headers["X-Request-Id"] != client.get("/login").headers["X-Request-Id"]
