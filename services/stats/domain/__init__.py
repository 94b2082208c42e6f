"""What a number means. Pure: values in, values out; no clock, no I/O."""
