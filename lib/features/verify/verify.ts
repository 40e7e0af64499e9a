import type { Queryable } from '../../postgres/database.js'
import { lineageSpan } from '../../store/ledger/lineage.js'
import { loadedDates } from '../../store/ledger/days.js'
import { uncoveredDays, unledgeredDays, verifyDay, wrongWith, type UncoveredDay, type UnledgeredDay, type VerifiedDay } from '../../store/ledger/verify.js'
import type { Dataset } from '../../datasets/dataset.js'
import { partitionsOf } from '../../datasets/partitions.js'
import { addDays, type IsoDate } from '../../domain/dates.js'

/** What verification found. */
export interface Verification {
  /** Loaded dates looked at. */
  dates: number
  /** Bars of their files stored on them. */
  rows: number
  /** Loaded dates whose bars are not those of their load, that have fills, or about which the ledger contradicts itself. */
  changed: VerifiedDay[]
  /** The first and the last of them; undefined where there is none. */
  span: { first: IsoDate; last: IsoDate } | undefined
  /** Dates without an authoritative load that have bars. */
  unledgered: UnledgeredDay[]
  /** Those of them, and of dates that have none, of which other securities are said to have bars; bars that no load wrote aside. */
  uncovered: UncoveredDay[]
}

export interface VerifyOptions {
  dataset: Dataset
  /** Null means without bound. */
  range: { start: IsoDate | null; end: IsoDate | null }
  signal: AbortSignal
  onPlan: (steps: number) => void
  onStep: (label: string) => void
}

/** The pieces in which all bars of the range are looked through: a partition each, and whatever lies outside the ledger's own span. */
async function pieces(db: Queryable, dataset: Dataset, { start, end }: VerifyOptions['range']): Promise<VerifyOptions['range'][]> {
  const span = await lineageSpan(db, dataset.name)
  const first = start ?? span?.start
  const last = end ?? span?.end
  if (first === undefined || last === undefined || first > last) return [{ start, end }]
  return [
    ...(start === null ? [{ start: null, end: addDays(first, -1) }] : []),
    ...partitionsOf(dataset, { start: first, end: last }),
    ...(end === null ? [{ start: addDays(last, 1), end: null }] : []),
  ]
}

/** Compares stored bars with the ledger, date by date. Reads only; each date is compared as of one instant, so loads may go on. */
export async function verify(db: Queryable, { dataset, range, signal, onPlan, onStep }: VerifyOptions): Promise<Verification> {
  const dates = await loadedDates(db, dataset.name, range)
  const sweeps = await pieces(db, dataset, range)
  onPlan(dates.length + sweeps.length)
  const [first, last] = [dates[0], dates.at(-1)]
  const verification: Verification = { dates: 0, rows: 0, span: first && last && { first, last }, changed: [], unledgered: [], uncovered: [] }
  for (const date of dates) {
    signal.throwIfAborted()
    const day = await verifyDay(db, dataset, date)
    if (day) {
      verification.dates++
      verification.rows += day.storedRows
      if (wrongWith(day).length > 0) verification.changed.push(day)
    }
    onStep(date)
  }
  for (const piece of sweeps) {
    signal.throwIfAborted()
    const unledgered = await unledgeredDays(db, dataset, piece)
    const strays = new Set(unledgered.flatMap(({ date, strayRows }) => (strayRows > 0 ? [date] : [])))
    const uncovered = await uncoveredDays(db, dataset, piece, unledgered.flatMap(({ date, subsetRows }) => (subsetRows > 0 ? [date] : [])))
    verification.unledgered.push(...unledgered)
    verification.uncovered.push(...uncovered.filter(({ date }) => !strays.has(date)))
    onStep(piece.end ?? piece.start ?? '')
  }
  return verification
}
