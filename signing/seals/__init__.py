"""Specimen seals (示意印模): pictures of parties' marks, who let them be used, where they were drawn. Never a 公章."""
