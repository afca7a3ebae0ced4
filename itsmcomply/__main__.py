"""`python -m itsmcomply` is the command line."""

from itsmcomply.cli import main

main()
