"""What a kit says to people: report.html and README.txt, in both languages, with nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core import config, i18n, paths
from core.i18n import t, use_locale
from pdf import pki
from signing.evidence import words
from signing.evidence.paper import CompletionPaper
from signing.evidence.queries import Material
from signing.evidence.rules import Entry
from signing.papers import colons, groups, time_en, time_zh, utc_plain


@cache
def _environment(escape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.templates() / "evidence"),
        autoescape=escape,  # noqa: S701  off for the plain text of README.txt alone
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(both=both, zh=_in("zh-CN"), en=_in("en"))
    environment.filters.update(time_zh=time_zh, time_en=time_en, utc_plain=utc_plain, groups=groups, colons=colons)
    return environment


def both(message_id: str, /, **args: object) -> Markup:
    """The text in both languages, each marked as what it is."""
    texts = []
    for locale in i18n.LOCALES:
        with use_locale(locale):
            texts.append(Markup('<span lang="{}">{}</span>').format(locale, t(message_id, **args)))
    return Markup(" ").join(texts)


def _in(locale: str) -> object:
    def say(message_id: str, /, **args: object) -> str:
        with use_locale(locale):
            return t(message_id, **args)

    return say


def report_html(material: Material, papers: Sequence[CompletionPaper], *, made_at: datetime) -> bytes:
    """report.html: the agreements, who signed them and how that is known, and the whole trail in words."""
    names = words.Names(
        material.seats,
        {each.id: each for each in material.agreements},
        material.staff,
        {party.id: party for party in material.ceremony.parties},
    )
    entries = [Entry.read(line) for line in material.trail.lines]
    zone = material.ceremony.host_timezone
    html = (
        _environment(True)
        .get_template("report.html")
        .render(
            ceremony=material.ceremony,
            papers=papers,
            rows=[_row(entry, names, zone) for entry in entries],
            zone=zone,
            trail=material.trail,
            made_at=made_at,
            fingerprint=papers[0].anchors_fingerprint,
            third_party=papers[0].timestamps.third_party,
        )
    )
    return html.encode()


def _row(entry: Entry, names: words.Names, zone: str) -> dict[str, object]:
    said = {}
    for locale in i18n.LOCALES:
        with use_locale(locale):
            said[locale] = {
                "who": words.who(entry, names),
                "did": words.action(entry.action),
                "on": words.subject(entry, names),
                "note": words.note(entry, zone=zone, gone="trail-private-beside"),
            }
    return {"entry": entry, "said": said}


def readme(
    material: Material, paths_in_kit: Sequence[str], *, fingerprint: str, platform: str, made_at: datetime
) -> bytes:
    """README.txt: how anybody checks the kit without us; `paths_in_kit` are its other files, `platform` signs them."""
    text = (
        _environment(False)
        .get_template("README.txt")
        .render(
            ceremony=material.ceremony,
            agreements=[path for path in paths_in_kit if path.startswith("agreements/")],
            has_sm2="trail.sm2" in paths_in_kit,
            has_own=any(signer.key_custody == "external" for each in material.agreements for signer in each.signers),
            has_certificates=any(path.startswith("certificates/") for path in paths_in_kit),
            head=material.trail.head,
            entries=material.trail.seq,
            fingerprint=fingerprint,
            platform=platform,
            platform_policy=pki.KeyCustody.SERVER.policy.dotted_string,
            base_url=config.settings().base_url,
            made_at=made_at,
        )
    )
    return text.encode()
