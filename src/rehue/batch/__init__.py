"""Many files: which result goes where, which are done, and the rest coloured by all processors.

- `make_plan`: sources and a target become a `Plan` of `Job`s, read while the work goes on
- `open_run`: carries a plan out, one `Outcome` a job; a failure is an outcome, the others go on
- `Setup`, `Settings`: what is wished, and what runs it

Inside: `names` (how results are called), `listing` (folders), `unread` (what else is in them),
`steps` and `plan`, `made` (what
Rehue made before, by the marks in files), `coloring` (one job), `comparison` (before and after),
`crew` (who does the jobs), `workers` (processes), `cluster` (Ray), `journal` (what was done, so
that a run that was stopped goes on), `lock`, `report` (an outcome as a row, many as one line),
`run` (all of it together).
"""

from rehue.batch.crew import Setup
from rehue.batch.job import Job, Problem
from rehue.batch.outcome import Facts, Outcome, Settings, Status, name_of
from rehue.batch.plan import Plan, PlanError, make_plan
from rehue.batch.report import Report, check_report, summary, to_json
from rehue.batch.run import TIME_LIMIT, Run, open_run

__all__ = [
    "TIME_LIMIT",
    "Facts",
    "Job",
    "Outcome",
    "Plan",
    "PlanError",
    "Problem",
    "Report",
    "Run",
    "Settings",
    "Setup",
    "Status",
    "check_report",
    "make_plan",
    "name_of",
    "open_run",
    "summary",
    "to_json",
]
