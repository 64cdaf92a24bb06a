"""The live gathering: plan, invitation, host page, stage."""
