"""From a dataset to chains: the virtual network, and the search over four criteria."""
