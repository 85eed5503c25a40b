"""Everything that writes clues: arriving, routing and handing are the worker's; the others an officer's or the person's."""
