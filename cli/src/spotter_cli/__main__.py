"""`python -m spotter_cli` is the `spotter` command."""

from spotter_cli.cli import main

if __name__ == "__main__":
    main()
