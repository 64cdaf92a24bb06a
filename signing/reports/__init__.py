"""The report of a ceremony: plan against as-run, who was there, ticks, agreements; on a page and as PDF."""
