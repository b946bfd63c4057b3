"""Many files: which result goes where, which are done, and one after the other in colour.

- `make_plan`: sources and a target become a `Plan` of `Job`s, before anything is coloured
- `run`: colours a plan's jobs, one `Outcome` each; a failure is an outcome, and the others go on
- `Settings`, `Status`: what the user chose, how a job ended

Inside: `names` (how results are called), `plan`, `made` (what Rehue made before), `runner`,
`report` (an outcome as JSON, many as one line).
"""

from rehue.batch.plan import Job, Plan, PlanError, Problem, make_plan
from rehue.batch.report import summary, to_json
from rehue.batch.runner import (
    DrawComparison,
    Outcome,
    Settings,
    Status,
    name_of,
    report_problems,
    run,
)

__all__ = [
    "DrawComparison",
    "Job",
    "Outcome",
    "Plan",
    "PlanError",
    "Problem",
    "Settings",
    "Status",
    "make_plan",
    "name_of",
    "report_problems",
    "run",
    "summary",
    "to_json",
]
