import { gauge, type Family } from '../family.js'

/** What ran, and how it ended. */
export const RUNS: readonly Family[] = [
  gauge('ohlcv_runs_30d', 'Runs that ended in the last 30 days, and those that run now', ['command', 'status'], ({ runs }) => runs.map(({ command, status, runs: count }) => [count, command, status])),
  gauge('ohlcv_run_success_30d_ratio', 'Share of the runs of the last 30 days that succeeded, of those that succeeded, failed or died; 0.99 is the goal', [],
    ({ success: { succeeded, failed } }) => [[succeeded + failed === 0 ? null : succeeded / (succeeded + failed)]]),
  gauge('ohlcv_last_run_timestamp_seconds', 'When the last run of a command ended', ['command'], ({ lastRuns }) => lastRuns.map(({ command, ended }) => [ended, command])),
  gauge('ohlcv_last_success_timestamp_seconds', 'When the last run of a command that succeeded ended', ['command'], ({ lastRuns }) => lastRuns.map(({ command, succeeded }) => [succeeded, command])),
  gauge('ohlcv_last_run_duration_seconds', 'How long the last run of a command took', ['command'], ({ lastRuns }) => lastRuns.map(({ command, seconds }) => [seconds, command])),
  gauge('ohlcv_longest_run_30d_duration_seconds', 'How long the longest run of a command took that ended in the last 30 days', ['command'], ({ lastRuns }) => lastRuns.map(({ command, longest }) => [longest, command])),
  gauge('ohlcv_outcomes_30d', 'How dates ended that runs of the last 30 days came to', ['dataset', 'outcome'], ({ outcomes }) => outcomes.map(({ dataset, outcome, dates }) => [dates, dataset, outcome])),
  gauge('ohlcv_failures_30d', 'Failures and retries of the last 30 days, by what failed', ['kind'], ({ failures }) => failures.map(({ kind, failures: count }) => [count, kind])),
  gauge('ohlcv_failures_unresolved_30d', 'Those of them that are known not to be right yet', ['kind'], ({ failures }) => failures.map(({ kind, unresolved }) => [unresolved, kind])),
  gauge('ohlcv_retries_30d', 'How often something was tried again in the last 30 days', ['kind'], ({ failures }) => failures.map(({ kind, retries }) => [retries, kind])),
  gauge('ohlcv_jobs', 'Jobs that wait, are worked on, or died at it and may be resumed', ['kind', 'state'], ({ jobs }) => jobs.map(({ kind, state, jobs: count }) => [count, kind, state])),
]
