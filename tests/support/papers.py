"""A host's own paper, brought along and taken in by the job that would do it in the background."""

from __future__ import annotations

from signing.uploads import queries, service
from signing.uploads.queries import UploadView
from tests.support.ceremony import HOST, do_jobs


def bring(ceremony_id: str, agreement_id: str, data: bytes, *, name: str = "terms.pdf") -> UploadView:
    """The paper as it was taken in; raises the Refusal that the host would read."""
    service.receive(ceremony_id, agreement_id, data, name=name, by=HOST)
    do_jobs(kinds=(queries.TAKE,))
    arrival, found = queries.find_arrival(agreement_id), queries.find_upload(agreement_id)
    if arrival is not None and arrival.refusal:
        raise arrival.refusal
    assert found is not None
    return found
