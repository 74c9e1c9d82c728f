"""`karvan atlas`: look at the data, check them, and bring them in and out; one file a command."""

COMMANDS = ("check", "show", "corridor", "observations", "gaps", "map", "export", "import", "demand")
HELP = "Look at the data, check them, and bring them in and out."
EPILOG = "Try: karvan atlas show Aktau; karvan atlas corridor; karvan --as-of 2022-12-31 atlas observations"
