"""`python -m standalone` is the `spotter` command."""

from standalone.cli import main

if __name__ == "__main__":
    main()
