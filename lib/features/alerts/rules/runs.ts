import type { RunSituation, Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { clockTime, counted } from './words.js'

/** So many in a row are no accident. */
const CRITICAL = 3

/** Commands that are started again with nothing of what they were started with. */
const PLAIN: ReadonlySet<string> = new Set(['sync', 'quality'])

function troubleOf({ calendar }: Situation, command: string, runs: readonly RunSituation[]): Trouble {
  const latest = runs[0]!
  const how = latest.status === 'died' ? 'died without a word: its process was killed, or its machine went down' : 'failed'
  const more = runs.length === 1 ? '' : ` ${runs.length} in a row failed or died, the first of ${clockTime(runs.at(-1)!.at, calendar)}.`
  const why = latest.status === 'died' || latest.what === null ? '' : `: ${latest.what}`
  return {
    kind: 'run_failed', severity: runs.length >= CRITICAL ? 'critical' : 'warning', topic: `runs ${command}`, parts: [''], dataset: null, symbol: null, timespan: null, provider: null,
    summary: `Run ${latest.runId} (${command}) of ${clockTime(latest.at, calendar)} ${how}${why}.${more}`,
    hint: `see what it did with: ohlcv runs ${latest.runId}; once the cause is gone, start it again${command === 'load' ? ': ohlcv load --days 10' : PLAIN.has(command) ? `: ohlcv ${command}` : ' as it was'}`,
    details: { runId: latest.runId, runAt: latest.at.toISOString(), found: `${counted(runs.length, 'run')} since the last good one` },
  }
}

/** Commands whose latest runs failed or died, unless all that failed are dates, which are told as such. */
export function runs(situation: Situation): Trouble[] {
  const failed = situation.failedRuns.filter(({ onlyDates }) => !onlyDates)
  return [...new Set(failed.map(({ command }) => command))].map((command) => troubleOf(situation, command, failed.filter((run) => run.command === command)))
}
