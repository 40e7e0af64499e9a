import { gauge, type Family } from '../family.js'

const MINUTE = 60

/** How fresh and complete each kind of day files is. */
export const DATES: readonly Family[] = [
  gauge('ohlcv_freshness_lag_seconds', 'Since the oldest of the latest sessions owed was due, in whole minutes; 0: all are there', ['dataset'],
    ({ datasets }) => datasets.map(({ dataset, lagMinutes }) => [lagMinutes === null ? null : lagMinutes * MINUTE, dataset])),
  gauge('ohlcv_watched_lag_seconds', 'Since the oldest owed bar that a watched security lacks was due; the most of all of them', ['interval'],
    ({ watched }) => watched.map(({ interval, lagMinutes }) => [lagMinutes * MINUTE, interval])),
  gauge('ohlcv_watched_lacking', 'Watched securities that lack a bar that is owed', ['interval'], ({ watched }) => watched.map(({ interval, lacking }) => [lacking, interval])),
  gauge('ohlcv_next_due_timestamp_seconds', 'When the next file is due', ['dataset'], ({ datasets }) => datasets.map(({ dataset, nextDue }) => [nextDue.getTime() / 1000, dataset])),
  gauge('ohlcv_sessions_owed', 'Sessions whose file is due, since the first that was loaded', ['dataset'], ({ datasets }) => datasets.map(({ dataset, owed }) => [owed, dataset])),
  gauge('ohlcv_sessions_loaded', 'Those of the sessions owed that are loaded', ['dataset'], ({ datasets }) => datasets.map(({ dataset, loaded }) => [loaded, dataset])),
  gauge('ohlcv_coverage_ratio', 'Share of the sessions owed that is loaded', ['dataset'], ({ datasets }) => datasets.map(({ dataset, owed, loaded }) => [owed === 0 ? null : loaded / owed, dataset])),
  gauge('ohlcv_dates_30d', 'Sessions and holidays of the last 30 days, by their state', ['dataset', 'state'],
    ({ datasets }) => datasets.flatMap(({ dataset, states }) => states.map(({ state, dates }) => [dates, dataset, state] as const))),
]
