"""The demonstration organisation: a scenario in this folder. It is invented; nothing in it is real."""
