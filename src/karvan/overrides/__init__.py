"""Changing a dataset: the one mechanism by which projects, agreements, scenarios and time change rows.

`apply(dataset, changes)` gives a new dataset, `with_projects(dataset, keys)` one as if projects were done,
`state_on(dataset, day)` undoes what changed after a day, and `as_of(dataset, day)` moreover hides all that was not yet
known.
"""

from karvan.overrides.apply import apply, with_projects
from karvan.overrides.past import as_of, state_on

__all__ = ["apply", "as_of", "state_on", "with_projects"]
