"""The sheets of the workbook, one module each over the frame they share. Pure: a pack in, sheets out."""
