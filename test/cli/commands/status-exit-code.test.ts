import t from 'tap'
import { exitCodeOfAttention } from '../../../lib/cli/commands/status/exit-code.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { attentionOf } from '../../../lib/features/status/attention.js'
import type { DayStatus } from '../../../lib/features/status/survey.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'

function day(date: string, state: DayStatus['state'], more: Partial<DayStatus> = {}): DayStatus {
  return { date: isoDate(date), state, session: true, reason: null, attempt: null, rowCount: null, coverage: null, thin: false, unknown: null, dropped: 0, ...more }
}

await t.test('findings fail no check, a file not published yet is 4, a problem 3', async (t) => {
  const exitCode = (...days: DayStatus[]) => exitCodeOfAttention(attentionOf(days, DAY_AGGS), days)
  const thin = day('2016-11-23', 'loaded', { thin: true, rowCount: 700, coverage: 70.9 })
  t.equal(exitCode(thin), 0)
  t.equal(exitCode(thin, day('2016-11-25', 'not_published')), 4)
  t.equal(exitCode(thin, day('2016-11-25', 'not_published'), day('2016-11-28', 'stale')), 3)
})
