import type { TimespanName } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'
import { compareSecurities, type Compared, type ComparedSecurity, type Difference } from '../../store/compare/differences.js'
import type { Sides } from '../../store/compare/sides.js'
import type { Runtime } from '../runs/runtime.js'

/** So many securities are compared by one statement. */
const AT_ONCE = 25

/** Whose bars a side has, and what their prices are adjusted for. */
export interface Side {
  name: string
  basis: Basis
}

/** Bars of two sides, compared. */
export interface Comparison {
  timespan: TimespanName
  mine: Side
  theirs: Side
  /** The worst first. */
  securities: Omit<ComparedSecurity, 'differences'>[]
  /** The worst of all, as many as were asked for. */
  differences: Difference[]
}

/** Who is told of progress. */
export interface CompareObserver {
  onPlan?: (securities: number) => void
  onSecurities?: (count: number) => void
}

/** The worse difference first. Percents are compared as they are shown. */
function byWorst(a: Difference, b: Difference): number {
  const size = ({ percent }: Difference): number => (percent === null ? -1 : Number(percent))
  return a.rank - b.rank || size(b) - size(a) || b.bars - a.bars || compareText(a.symbol, b.symbol) || compareText(a.start, b.start)
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Compares the bars of these securities, a few at a time. */
export async function compareAll(
  { db, signal }: Runtime, sides: Sides, symbolIds: readonly number[], compared: Compared, limit: number, { onSecurities }: CompareObserver,
): Promise<Pick<Comparison, 'securities' | 'differences'>> {
  const securities: { counts: Omit<ComparedSecurity, 'differences'>; worst: Difference | undefined }[] = []
  let differences: Difference[] = []
  for (let at = 0; at < symbolIds.length; at += AT_ONCE) {
    signal.throwIfAborted()
    const ids = symbolIds.slice(at, at + AT_ONCE)
    const found = await compareSecurities(db.pool, sides, ids, compared, limit)
    for (const { differences: [worst], differences: _, ...counts } of found) securities.push({ counts, worst })
    differences = [...differences, ...found.flatMap((security) => security.differences)].sort(byWorst).slice(0, limit)
    onSecurities?.(ids.length)
  }
  securities.sort((a, b) => {
    if (a.worst === undefined || b.worst === undefined) return Number(a.worst === undefined) - Number(b.worst === undefined) || compareText(a.counts.symbol, b.counts.symbol)
    return byWorst(a.worst, b.worst)
  })
  return { securities: securities.map(({ counts }) => counts), differences }
}
