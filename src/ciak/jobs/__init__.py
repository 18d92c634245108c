"""Work that takes a while: jobs in processes of their own, with progress, cancel, and resume after a crash.

``job`` the Job and the Journal and Runner Protocols; ``watch`` what a verb is given to report and to be cancelled;
``local`` the runner of this machine; ``worker`` the other end of its pipe; ``heavy`` one heavy step at a time.
Knows no verb: bootstrap hands the worker a mapping of them. A Ray runner stands beside ``local`` one day.
"""

from ciak.jobs.foreground import run_here
from ciak.jobs.heavy import heavy
from ciak.jobs.job import Job, JobState, Journal, Runner
from ciak.jobs.limits import Limits
from ciak.jobs.local import LocalRunner
from ciak.jobs.watch import Progress, Tick, Watch
from ciak.jobs.worker import serve_worker

__all__ = ["Job", "JobState", "Journal", "Limits", "LocalRunner", "Progress", "Runner", "Tick", "Watch", "heavy",
           "run_here", "serve_worker"]
