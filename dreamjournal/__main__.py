"""`python -m dreamjournal` is the same as the `dreamjournal` command."""

from __future__ import annotations

from dreamjournal.app.cli import main

if __name__ == "__main__":
    main()
