"""`python -m refusals` is the command line, for wherever the script is not on the PATH."""

from refusals.cli import main

if __name__ == "__main__":
    main()
