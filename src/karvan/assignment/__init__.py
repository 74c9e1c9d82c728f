"""Assignment: who goes where on a network whose links slow down, queue or fill up.

>>> from karvan.assignment import Delays, Demand, Links, Problem, assign
>>> links = Links.of([1, 2], [0, 0], [1, 1], Delays.bpr([10.0, 20.0], [1.0, 1.0], b=[1.0, 0.0], power=1.0))
>>> result = assign(Problem.single(links, Demand.of([0], [1], [4.0])))  # doctest: +SKIP
"""
