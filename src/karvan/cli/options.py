"""The arguments and options of `karvan quote`, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Origin = Annotated[str, typer.Argument(help="Any name of a place: Urumqi, 乌鲁木齐, CNURC ...", metavar="ORIGIN")]
Destination = Annotated[str, typer.Argument(help="Constanța, Констанца, ROCND ...", metavar="DESTINATION")]
Ready = Annotated[str, typer.Option(help="Day the cargo is ready: YYYY-MM-DD.", metavar="DATE")]
Cargo = Annotated[str, typer.Option(help="1x40HC, 3x20DC, wagons, 'wagons,containers' or any.", metavar="TEXT")]
Commodity = Annotated[str, typer.Option(help="Household appliances, ferroalloys, wheat ...", metavar="TEXT")]
Tonnes = Annotated[str, typer.Option(help="Mass of the goods in tonnes.", metavar="NUMBER")]
Booked = Annotated[
    str | None, typer.Option(help="Day the monthly plan is applied for.", metavar="DATE", show_default="30 days before")
]
WagonOwner = Annotated[str, typer.Option(help="own, leased or railway.", metavar="TEXT")]
BoxOwner = Annotated[str, typer.Option(help="shipper or carrier.", metavar="TEXT")]
Value = Annotated[
    str | None,
    typer.Option(help="Value of the goods in USD.", metavar="NUMBER", show_default="typical of the goods"),
]
Sort = Annotated[str, typer.Option(help="price, time, lateness or co2e.", metavar="TEXT")]
Epsilon = Annotated[str, typer.Option(help="A way matched within this share by another is left out.", metavar="NUMBER")]
Top = Annotated[int, typer.Option(help="Ways to show in the terminal.", metavar="N")]
Detail = Annotated[int | None, typer.Option(help="Show way N element by element.", metavar="N", show_default=False)]
Json = Annotated[
    str | None,
    typer.Option(
        help="Write JSON, aligned with DCSA Commercial Schedules, to a file or to - (the default).",
        metavar="FILE",
        show_default=False,
    ),
]
Html = Annotated[str | None, typer.Option(help="Write a self-contained page.", metavar="FILE", show_default=False)]
Data = Annotated[
    Path | None,
    typer.Option(
        help="A data folder over the built-in atlas; also before the command.", metavar="FOLDER", show_default=False
    ),
]
