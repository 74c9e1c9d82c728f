"""`karvan atlas demand`: who sends what where, and how to bring in the real matrices."""

COMMANDS = ("totals", "import")
HELP = "Demand by market segment: its totals, and the import of trade statistics."
EPILOG = "Try: karvan atlas demand totals; karvan atlas demand import BACI_HS17_Y2021.csv --to my-data"
