import type { TimespanName } from '../../datasets/timespan.js'
import type { RejectReason } from '../../domain/reject.js'
import { countedOf, isShort } from '../runs/expected.js'

/** Something that a person should look at, though it stopped nothing. */
export interface Finding {
  code: 'NO_DAILY_DATA' | 'ANSWER_SHORT' | 'ANSWER_CUT' | 'HELD_BESIDE' | 'ROW_PROVISIONAL' | 'ROWS_REJECTED' | 'ROWS_UNKNOWN' | 'SYMBOL_UNNAMED'
  message: string
}

/** That a symbol has no daily bar at all, or a session no bar of any symbol: they count as failed. */
export const NO_DAILY_DATA: Finding = { code: 'NO_DAILY_DATA', message: 'No daily data available' }

/** That a provider was not asked, since it has no name for the symbols. */
export function unnamed(provider: string, symbols: readonly string[]): Finding {
  return { code: 'SYMBOL_UNNAMED', message: `${provider} has no name for ${[...new Set(symbols)].join(', ')}, so it was not asked` }
}

/** That bars only stand beside those of others, though somebody's might stand in the table of bars. */
export function heldBeside(provider: string, timespan: TimespanName): Finding {
  return { code: 'HELD_BESIDE', message: `${timespan} bars of ${provider} are only held beside the table of bars, and no provider gave any that go into it: a resumed job asks again` }
}

/** That bars which are over may yet change. @param until from when on they do not: over by `pulledAt` where the answer itself marks an older bar */
export function provisional({ bars, until }: { bars: number; until: Date | null }, pulledAt: Date | undefined): Finding | null {
  if (until === null) return null
  const [are, replaced] = bars === 1 ? ['bar is', 'a final one takes its place'] : ['bars are', 'final ones take their place']
  const again = pulledAt !== undefined && until <= pulledAt ? 'by the answer itself: fetched again, ' : `until ${until.toISOString().slice(0, 16)}Z: fetched again then, `
  return { code: 'ROW_PROVISIONAL', message: `${bars} ${are} provisional ${again}${replaced}` }
}

/** Why rows were kept out. @param reasons how many for which, of each answer */
export function rejections(reasons: readonly ReadonlyMap<RejectReason, number>[]): Finding | null {
  const sums = new Map<RejectReason, number>()
  for (const [reason, count] of reasons.flatMap((of) => [...of])) sums.set(reason, (sums.get(reason) ?? 0) + count)
  return sums.size === 0 ? null : { code: 'ROWS_REJECTED', message: `rows rejected: ${[...sums].map(([reason, count]) => `${count} ${reason}`).join(', ')}` }
}

/** That rows are of dates on which their symbol names no security: they are kept, and count as soon as it names one. */
export function unknowns(symbol: string, rows: number): Finding | null {
  return rows === 0 ? null : { code: 'ROWS_UNKNOWN', message: `${rows} ${rows === 1 ? 'row is' : 'rows are'} of dates on which ${symbol} names no security` }
}

/** Two findings as one, called by the first. */
export function together(first: Finding | null, second: Finding | null): Finding | null {
  return first && second ? { code: first.code, message: `${first.message}; ${second.message}` } : (first ?? second)
}

/** How the bars that came compare with what the calendar lets expect. */
export interface Completeness {
  counted: number
  finding: Finding | null
}

/**
 * What is odd about the times of the bars that came: fewer of them than the calendar lets expect, or none at the beginning or the end, as where a
 * provider shortens a range without a word.
 */
export function completeness(timespan: TimespanName, expected: ReadonlySet<string>, times: ReadonlySet<string>): Completeness {
  const counted = countedOf(expected, times)
  const finding = (code: Finding['code'], message: string) => ({ counted, finding: { code, message } })
  const [inOrder, came] = [[...expected], [...expected].filter((time) => times.has(time))]
  const [first, last] = [came[0], came.at(-1)]
  const lacks = [
    ...(first !== undefined && first !== inOrder[0] ? [`none came from ${inOrder[0]} to before ${first}`] : []),
    ...(last !== undefined && last !== inOrder.at(-1) ? [`none came after ${last} up to ${inOrder.at(-1)}`] : []),
  ]
  // Most securities have minutes without a trade.
  if (timespan === 'minute') return { counted, finding: null }
  if (isShort(counted, expected.size)) return finding('ANSWER_SHORT', [`${counted} of ${expected.size} expected ${timespan} bars came`, ...lacks].join('; '))
  if (timespan === 'day' && lacks.length > 0) return finding('ANSWER_CUT', lacks.join('; '))
  return { counted, finding: null }
}
