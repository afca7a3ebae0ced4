"""The parts of the Word report over the XML they are written in. Pure: a pack in, markup out."""
