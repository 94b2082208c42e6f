"""Pure decisions of notify: values in, decisions out."""
