"""vankien: clean text, themes, references and indicators from Vietnamese Party documents."""
