"""From a chain and a consignment to an itemised bill, in exact decimal money."""

from karvan.tariffs.lookup import Tariffs
from karvan.tariffs.price import bill, price

__all__ = ["Tariffs", "bill", "price"]
