import { DAY_AGGS } from '../../datasets/day.js'
import type { DateRange } from '../../domain/dates.js'
import type { Runtime } from '../../features/runs/runtime.js'
import { findingsOf, type Finding } from '../../features/verify/findings.js'
import { verify } from '../../features/verify/verify.js'
import { heldBeside, type HeldBeside } from '../../store/quality/report-days.js'

/** How the stored bars of a range stand to the ledger. */
export interface Consistency {
  /** Loaded dates looked at, and bars of their files on them. */
  dates: number
  rows: number
  findings: Finding[]
  beside: HeldBeside
}

/** Recomputes the sums of every loaded date of the range, and looks what else its days can be held against. */
export async function consistencyOf({ db, signal }: Runtime, range: DateRange): Promise<Consistency> {
  const nobody = (): void => {}
  const verification = await verify(db.pool, { dataset: DAY_AGGS, range, signal, onPlan: nobody, onStep: nobody })
  return { dates: verification.dates, rows: verification.rows, findings: findingsOf(verification, [], DAY_AGGS), beside: await heldBeside(db.pool, range) }
}
