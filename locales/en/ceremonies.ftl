ceremony-state-draft = In preparation
ceremony-state-printing = Finalising the agreements
ceremony-state-invited = Signing
ceremony-state-completed = Complete
ceremony-state-cancelled = Cancelled
