import { gauge, type Family } from '../family.js'
import type { Figures } from '../figures.js'

const numberOf = (exact: string | null): number | null => (exact === null ? null : Number(exact))

/** Of the daily bars that were expected in the last days, those that are not there: of dates that were judged, and all of a session whose file is missing by now, which counts as the largest. */
function updatesOf({ judged: { expected, absent, most }, lackingSessions }: Figures): { expected: number; failed: number } {
  const lacking = lackingSessions * most
  return { expected: expected + lacking, failed: absent + lacking }
}

/** How good the bars are. */
export const QUALITY: readonly Family[] = [
  gauge('ohlcv_quality_ratio', 'Score of the latest 20 dates that were judged, together', [], ({ quality }) => [[numberOf(quality)]]),
  gauge('ohlcv_quality_lowest_30d_ratio', 'Score of the worst date of the last 30 days', [], ({ judged: { lowest } }) => [[numberOf(lowest)]]),
  gauge('ohlcv_quality_unjudged_dates', 'Dates that are still to be judged', [], ({ judged: { unjudged } }) => [[unjudged]]),
  gauge('ohlcv_findings_open', 'Findings that nobody has explained, by the rule that found them', ['rule'], ({ findings }) => findings.map(({ rule, findings: count }) => [count, rule])),
  gauge('ohlcv_symbol_updates_expected_30d', 'Daily bars of securities that were expected in the last 30 days', [], (figures) => [[updatesOf(figures).expected]]),
  gauge('ohlcv_symbol_updates_failed_30d', 'Those of them that are not there', [], (figures) => [[updatesOf(figures).failed]]),
  gauge('ohlcv_symbol_updates_failed_30d_ratio', 'Share of them that is not there; less than 0.01 is the goal', [], (figures) => {
    const { expected, failed } = updatesOf(figures)
    return [[expected === 0 ? null : failed / expected]]
  }),
]
