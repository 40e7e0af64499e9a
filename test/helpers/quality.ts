import type pg from 'pg'
import { checkQuality } from '../../lib/features/quality/check/check.js'
import type { CheckPorts, CheckResult } from '../../lib/features/quality/check/ports.js'
import { readCheckRequest } from '../../lib/features/quality/check/request.js'
import { ABSENT } from '../../lib/features/quality/rules/absent.js'
import type { BarRule, Rule } from '../../lib/features/quality/rules/rule.js'
import { runtimeOf, type LoadOptions } from './load.js'

/** A rule with nothing but a name and a weight. */
export function barRule(name: string, weight: number, judge: BarRule['judge'] = () => undefined): BarRule {
  return { kind: 'bar', name, weight, meaning: name, advice: name, thresholds: [], judge }
}

/** Rules for tests of the check itself, simple enough to be worked out by hand; each looks another way in the window. */
export const PLAIN_RULES: readonly Rule[] = [
  { ...ABSENT, weight: 40 },
  // Said of rows that were rejected.
  barRule('cells', 10),
  // The bar alone.
  barRule('negative', 30, ({ at, close }) => (close[at]! < 0 ? { cause: null, details: { close: String(close[at]) } } : undefined)),
  // The bar before it: a close that is half or twice as high; with volume that explains itself.
  barRule('continuity', 20, (window) => {
    const { at, close, volume } = window
    const step = at === 0 ? 1 : close[at]! / close[at - 1]!
    return step >= 2 || (step > 0 && step <= 0.5) ? { cause: volume[at]! > 1000 ? 'news_move' : null, details: { close: String(close[at]), usual: window.usualVolume() } } : undefined
  }),
]

/** What a test wants of a check. */
export interface TestCheck extends Pick<LoadOptions, 'failpoint' | 'log' | 'signal'>, Partial<CheckPorts> {
  start?: string
  end?: string
  again?: boolean
  thresholds?: Record<string, number>
}

/** Checks the quality of everything, or of some dates. */
export function check(pool: pg.Pool, { start, end, again, thresholds = {}, ...options }: TestCheck = {}): Promise<CheckResult> {
  return checkQuality(runtimeOf(pool, options), readCheckRequest({ start, end, again, thresholds: { usuallyTrades: 90, ...thresholds } }), { rules: PLAIN_RULES, exitCodeOfError: () => 1, ...options })
}

/** What a check decides: marks, log and findings that hold, by what they say. */
export async function qualityState(pool: pg.Pool): Promise<Record<string, string[]>> {
  const lines = async (sql: string) => (await pool.query<{ line: string }>(`select line from (${sql}) s (line) order by line collate "C"`)).rows.map(({ line }) => line)
  return {
    marks: await lines(`select concat_ws(' ', date, case when judged then 'judged' else 'not judged' end, bars, expected, lost) from quality_marks`),
    log: await lines(`select concat_ws(' ', date, symbol, symbol_id, score, failed) from data_quality_log`),
    findings: await lines(`select concat_ws(' ', rule, symbol, date, last_date, provider, state, cause, reason, explained_by, details, '|', seen) from findings where state <> 'resolved'`),
  }
}
