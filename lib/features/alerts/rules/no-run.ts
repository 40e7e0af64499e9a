import { latestDue, publication } from '../../../calendar/publication.js'
import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { clockTime, lasting, minutesSince } from './words.js'

/** Nothing has begun to load or fetch although the files of two sessions have become due since, the second longer ago than the threshold. Nothing ever ran: nothing is expected to. */
export function noRun({ now, calendar, publication: rule, lastRun, thresholds: { staleAfter } }: Situation): Trouble[] {
  if (lastRun === null) return []
  const latest = latestDue(calendar, rule, new Date(now.getTime() - staleAfter * 60_000))
  const { due } = publication(calendar, calendar.previous(latest.date).date, rule)
  if (lastRun.at >= due) return []
  const lag = minutesSince(lastRun.at, now)
  return [{
    kind: 'no_run', severity: 'critical', topic: 'no_run', parts: [''], dataset: null, symbol: null, timespan: null, provider: null,
    summary: `Nothing has been loaded or fetched for ${lasting(lag)}: the last run began ${clockTime(lastRun.at, calendar)}, and the file of ${latest.date} and the one before have become due since.`,
    hint: 'see whether the timer runs: systemctl list-timers \'ohlcv*\'; see what it said with: journalctl -u \'ohlcv*\' --since -3d; start it now: ohlcv sync',
    details: { runId: lastRun.runId, runAt: lastRun.at.toISOString(), found: `${lag} minutes without a run` },
  }]
}
