"""A phone on which the drawing of a signature is made, for a seat whose page is open on a computer."""
