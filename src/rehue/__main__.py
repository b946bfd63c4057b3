"""`python -m rehue` is the command line."""

from rehue.cli import main

if __name__ == "__main__":
    main()
