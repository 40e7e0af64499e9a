import type pg from 'pg'
import type { DatasetSituation, RunSituation, Situation } from '../../features/alerts/situation.js'
import { failedRuns, lastRunOf, type FailedDate, type FailedRun } from '../../store/runs/failed-runs.js'

/** Runs that bring bars. */
const LOADING = ['load', 'sync', 'fetch', 'poll']
/** A run that failed longer ago is history: over a long weekend nothing may have run since. */
const LATELY_DAYS = 4

/** Whether a date that failed has to be told of with its run: it is not told of as a date, nor loaded by another run, and is none that the source just lacks, long ago. */
function isOwnTrouble({ dataset, date, outcome }: FailedDate, datasets: readonly DatasetSituation[]): boolean {
  if (outcome === 'locked') return false
  const files = datasets.find((each) => each.dataset === dataset)
  if (files?.owed.some((owed) => owed.date === date)) return false
  return !(outcome === 'missing' && files !== undefined && date < files.horizonStart)
}

/** What failed, in codes: what errors say may hold paths and hosts, and is for those who may read the ledger. */
function failedParts({ steps }: FailedRun, dates: readonly FailedDate[]): string | null {
  const parts = [
    ...(steps.length === 0 ? [] : [`the ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')} failed`]),
    ...dates.slice(0, 5).map(({ date, outcome, code }) => `${date} ${code ?? outcome}`), ...(dates.length > 5 ? [`and ${dates.length - 5} more dates`] : []),
  ]
  return parts.length === 0 ? null : parts.join('; ')
}

/** What ran of late: what failed since its last good run, and when anything that brings bars last began, where anybody keeps up with any. */
export async function workSituation(client: pg.ClientBase, { now, datasets, isKeptUp }: { now: Date; datasets: readonly DatasetSituation[]; isKeptUp: boolean }): Promise<Pick<Situation, 'failedRuns' | 'lastRun'>> {
  const found = await failedRuns(client, new Date(now.getTime() - LATELY_DAYS * 86_400_000))
  return {
    failedRuns: found.map((run): RunSituation => {
      const dates = run.dates.filter((date) => isOwnTrouble(date, datasets))
      const onlyDates = run.status === 'failed' && run.hasFailedDates && !run.hasError && run.steps.length === 0 && dates.length === 0
      return { runId: run.runId, command: run.command, status: run.status, at: run.at, what: failedParts(run, dates), onlyDates }
    }),
    lastRun: isKeptUp ? await lastRunOf(client, LOADING) : null,
  }
}
