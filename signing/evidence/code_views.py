"""What a short code on a printed certificate leads to, for anybody: what was issued here, when, with which digest."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import limited, public
from core import i18n
from core.i18n import t
from signing.agreements import file_queries as agreement_files
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.evidence import codes

bp = Blueprint("verify_code", __name__)
_LONGEST = 40


@bp.get("/verify/code")
@public("whoever holds a printed certificate may ask whether it came from here")
def ask() -> ResponseReturnValue:
    typed = request.args.get("short_code", "").strip()[:_LONGEST]
    if not typed:
        return redirect("/verify")
    if codes.digests_of(typed) is None:
        return _page(typed, None), 404
    return redirect(url_for(".show", code=typed))


# A hall full of people may scan the same code from one address, and 2^50 codes are not guessed at this pace.
@bp.get("/verify/<code>")
@public("whoever holds a printed certificate may ask whether it came from here; it shows less than the certificate")
@limited("verify_code", times=600, per=timedelta(minutes=10), reads=True)
def show(code: str) -> ResponseReturnValue:
    wanted = codes.digests_of(code[:_LONGEST])
    found = agreement_files.find_sealed_between(*wanted) if wanted else None
    return _page(code[:_LONGEST], found), 200 if found else 404


def _page(typed: str, found: AgreementView | None) -> str:
    mark = ceremonies.mark_of(found.ceremony_id) if found else ""
    return render_template(
        "verify/code.html",
        typed=codes.code_of(found.head_digest) if found and found.head_digest else typed,
        code_errors=[] if found else [t("verify-code-unknown")],
        found=_facts(found) if found else None,
        demo=mark,
    )


def _facts(agreement: AgreementView) -> list[tuple[str, str]]:
    """No name of a person: who has the certificate reads them there."""
    rows = [(t("evidence-mail-number"), f"{agreement.number} · {i18n.pick(agreement.title)}")]
    if agreement.counts_from:
        china = i18n.format_named(agreement.counts_from, "Asia/Shanghai", seconds=True)
        utc = i18n.format_datetime(agreement.counts_from, "UTC", seconds=True)
        rows.append((t("verify-code-completed"), f"{china} · {utc} UTC"))
    rows.append((t("verify-code-pages"), str(agreement.page_count)))
    rows.append((t("verify-code-signatures"), str(agreement.signed_count)))
    rows.append((t("verify-code-final"), _digest(agreement.head_digest)))
    if agreement.certificate_digest:
        rows.append((t("verify-code-certificate"), _digest(agreement.certificate_digest)))
    return rows


def _digest(digest: str | None) -> str:
    return Markup('<span class="digest">{}</span>').format(digest or "")
