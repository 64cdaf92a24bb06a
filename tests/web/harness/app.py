"""The Flask side of the harness: pages and JSON of the contract over a Lab, with the product's own security headers."""

from __future__ import annotations

import base64
import io
import secrets
import threading
from datetime import UTC, datetime
from typing import Any

import segno
from flask import Flask, Response, abort, g, jsonify, redirect, request
from markupsafe import Markup
from PIL import Image, ImageDraw
from werkzeug.serving import BaseWSGIServer, make_server

from tests.web.harness.lab import Lab
from tests.web.harness.papers import certificate_json
from tests.web.harness.values import Agreement, Refusal, Seat, instant
from tests.web.page_lab import ROOT, environment
from web.form_errors import FormErrors


def qr_svg(url: str) -> Markup:
    """A QR symbol as an SVG without size, styles or namespaces of its own."""
    drawn = segno.make_qr(url, error="m").svg_inline(border=0, omitsize=True)
    return Markup(drawn)  # noqa: S704  drawn by segno from our own address


def create_app(lab: Lab) -> Flask:
    """Everything that a browser may ask for while it plays the ceremony."""
    app = Flask("harness", static_folder=str(ROOT / "static"), static_url_path="/static")
    environments = {locale: environment(locale) for locale in ("zh-CN", "en")}

    def locale_now() -> str:
        return request.cookies.get("locale", lab.locale)

    def page(template: str, **context: Any) -> str:
        g.nonce = secrets.token_urlsafe(12)
        locale = locale_now()
        template_ = environments[locale].get_template(template)
        return template_.render(
            locale=locale,
            csp_nonce=g.nonce,
            demo=True,
            request=request,
            server_now=instant(),
            form_errors=FormErrors(),
            **context,
        )

    @app.after_request
    def headers(response: Response) -> Response:
        nonce = g.get("nonce")
        if nonce:
            response.headers["Content-Security-Policy"] = (
                f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
                "img-src 'self' data: blob:; "
                "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        return response

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> tuple[Response, int]:
        error = {"code": refusal.code, "message": refusal.message, "next": refusal.next_step, "problems": []}
        return jsonify({"error": error}), refusal.status

    def seat_of(seat_id: str) -> Seat:
        return lab.seats.get(seat_id) or abort(404)

    def agreement_of(agreement_id: str) -> Agreement:
        return next((one for one in lab.agreements if one.id == agreement_id), None) or abort(404)

    def body() -> dict[str, Any]:
        if request.headers.get("X-CSRFToken") != "csrf-for-tests":
            raise Refusal(400, "csrf", "CSRF")
        return dict(request.get_json())

    def fault(name: str) -> bool:
        if name in lab.faults:
            lab.faults.remove(name)
            return True
        return False

    @app.post("/locale")
    def language() -> Any:
        answer = redirect(request.form["next"].removesuffix("?"))
        answer.set_cookie("locale", request.form["locale"])
        return answer

    @app.get("/stage/cer_1")
    def stage() -> str:
        url = "https://yunqian.example/verify/7K2M-94QX"
        theme = request.args.get("theme", "dark")
        return page(
            "stage/stage.html",
            state=lab.stage_state(),
            state_url="/stage/cer_1/state.json",
            live_url="/live/stage",
            verify_qr=qr_svg(url),
            verify_url=url.removeprefix("https://"),
            theme=theme,
        )

    @app.get("/stage/cer_1/state.json")
    def stage_state() -> Response:
        return jsonify(lab.stage_state())

    @app.get("/live/<token>")
    def live(token: str) -> Any:
        if "live_down" in lab.faults:
            abort(503)
        return Response(
            lab.stream(int(request.args.get("after", 0))),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    @app.get("/seat/<seat_id>")
    def seat_page(seat_id: str) -> str:
        seat_of(seat_id)
        return page(
            "seat/seat.html",
            seat={"id": seat_id},
            ceremony_title=lab.case["title"][locale_now()],
            api=f"/api/seat/{seat_id}",
        )

    @app.get("/api/seat/<seat_id>")
    def seat_json(seat_id: str) -> Response:
        return jsonify(lab.seat_state(seat_of(seat_id)))

    @app.post("/api/seat/<seat_id>/here")
    def here(seat_id: str) -> Response:
        body()
        return jsonify({"server_now": instant()})

    @app.post("/api/seat/<seat_id>/code")
    def send_code(seat_id: str) -> Response:
        body()
        seat = seat_of(seat_id)
        seat.sent, seat.tries = datetime.now(UTC), 5
        return jsonify(lab.sent_code(seat))

    @app.post("/api/seat/<seat_id>/code/check")
    def check(seat_id: str) -> Response:
        lab.check_code(seat_of(seat_id), body()["code"])
        return jsonify({"proved": True})

    @app.post("/api/seat/<seat_id>/consent")
    def consent(seat_id: str) -> Response:
        given = body()
        seat_of(seat_id).consent = {"given_at": instant(), "place": given["place"], "timezone": given["timezone"]}
        return jsonify({"ok": True})

    @app.post("/api/seat/<seat_id>/certificate")
    def certificate(seat_id: str) -> Response:
        return jsonify(certificate_json(lab.enrol(seat_of(seat_id), base64.b64decode(body()["csr"]))))

    @app.get("/seat/<seat_id>/agreements/<agreement_id>/pages/<int:number>.png")
    def page_image(seat_id: str, agreement_id: str, number: int) -> Response:
        agreement = agreement_of(agreement_id)
        image = Image.new("L", (794, 1123), 255)
        draw = ImageDraw.Draw(image)
        draw.text((90, 80), f"{agreement.number}   {number} / {agreement.pages}", fill=0)
        for line in range(36):
            width = 614 if (line * 7 + number) % 9 else 300
            draw.rectangle((90, 140 + line * 25, 90 + width, 148 + line * 25), fill=150 if line % 12 else 40)
        out = io.BytesIO()
        image.save(out, "PNG")
        return Response(out.getvalue(), mimetype="image/png")

    @app.get("/seat/<seat_id>/agreements/<agreement_id>/text")
    def text(seat_id: str, agreement_id: str) -> str:
        agreement = agreement_of(agreement_id)
        words = f"{agreement.title}\n" + "本协议由双方在平等自愿的基础上订立。\n" * 12
        pages = [{"number": number, "text": words} for number in range(1, agreement.pages + 1)]
        return page("seat/text.html", agreement=agreement, title=agreement.title, pages=pages, back=f"/seat/{seat_id}")

    @app.post("/api/seat/<seat_id>/agreements/<agreement_id>/read")
    def read(seat_id: str, agreement_id: str) -> Response:
        seat = seat_of(seat_id)
        seat.read[agreement_id] = max(seat.read.get(agreement_id, 0), int(body()["page"]))
        return jsonify({"read_to": seat.read[agreement_id]})

    @app.post("/api/seat/<seat_id>/agreements/<agreement_id>/signature/prepare")
    def prepare(seat_id: str, agreement_id: str) -> Response:
        sent = body()
        with lab.lock:
            lab.calls.append(("prepare", sent))
            answer = dict(lab.prepare(seat_of(seat_id), agreement_of(agreement_id), sent))
        if "signed_attributes" in answer:
            answer["signed_attributes"] = base64.b64encode(answer["signed_attributes"]).decode()
        return jsonify(answer)

    @app.get("/content/<signing_id>")
    def content(signing_id: str) -> Response:
        return Response(lab.prepared[signing_id].content, mimetype="application/pdf")

    @app.post("/api/seat/<seat_id>/signatures/<signing_id>/finish")
    def finish(seat_id: str, signing_id: str) -> Response:
        signature = base64.b64decode(body()["signature"])
        with lab.lock:
            lab.calls.append(("finish", signing_id))
            answer = lab.finish(seat_of(seat_id), lab.prepared[signing_id], signature)
        if fault("lost_answer"):
            abort(Response("bad gateway", 502))
        return jsonify(answer)

    @app.post("/api/seat/<seat_id>/agreements/<agreement_id>/decline")
    def decline(seat_id: str, agreement_id: str) -> Response:
        with lab.lock:
            agreement = agreement_of(agreement_id)
            agreement.declined[seat_of(seat_id).party["key"]] = str(body()["reason"])
            agreement.state = "declined"
            lab.publish("agreement.declined")
        return jsonify({"status": "declined"})

    return app


class Site:
    """The harness on a free port, in a thread of its own."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, create_app(lab), threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Site:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.lab.cut_streams()
        self.server.shutdown()
        self.thread.join()
