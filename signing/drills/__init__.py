"""Lost lines, practised in rehearsals: a page acts as if its line were gone, and what came of it is kept."""
