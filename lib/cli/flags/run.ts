import { UsageError } from '../../domain/errors.js'

/** The run given with `--run`, or null when the flag is absent. @throws UsageError RUN_INVALID */
export function readRunId(run: string | undefined): number | null {
  if (run === undefined) return null
  if (/^[1-9]\d{0,14}$/.test(run)) return Number(run)
  throw new UsageError('RUN_INVALID', `--run must be the number of a run, not ${JSON.stringify(run)}`, { hint: 'ohlcv runs lists the latest' })
}
