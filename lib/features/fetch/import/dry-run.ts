import type { IsoDate } from '../../../domain/dates.js'
import { messageWithHint, SourceError } from '../../../domain/errors.js'
import type { Universe } from '../../../domain/universe.js'
import type { Runtime } from '../../runs/runtime.js'
import { UniverseReadings } from '../../runs/universe-readings.js'
import { Expectations } from '../../runs/expected.js'
import { rejections, together, unknowns } from '../findings.js'
import { readerOf, type Given } from './given.js'
import type { ImportPlan } from './import.js'

/** What the rows of a symbol, of one place, would come to. */
export interface PlannedUnit {
  symbol: string
  part: string
  start: IsoDate
  end: IsoDate
  rows: number
  /** Rows that are bars of a known security. */
  valid: number
  rejected: number
  unknown: number
  /** Rows of a date that an earlier row is of; they are judged when that is stored. */
  repeated: number
  code: string | null
  message: string | null
}

function planUnit(runtime: Runtime, { provider }: ImportPlan, given: Given, universe: Universe, expectations: Expectations): PlannedUnit {
  const { symbol, part, range, rows, body, fault } = given
  const planned = { symbol, part, ...range, rows, valid: 0, rejected: 0, unknown: 0, repeated: 0 }
  try {
    if (fault !== null) throw fault
    const readers = universe.piecesOf(symbol, range).map((piece, request) => {
      const reader = readerOf(provider, { expectations }, symbol, piece, universe, runtime.now(), request)
      reader.read(body(piece, request === 0))
      reader.judge()
      return reader
    })
    for (const { tally: { counts }, repeats } of readers) {
      planned.valid += counts.staged
      planned.rejected += counts.rejected
      planned.unknown += counts.unknown
      planned.repeated += repeats.length
    }
    const finding = together(unknowns(symbol, planned.unknown), rejections(readers.map(({ tally }) => tally.reasons)))
    return { ...planned, code: finding?.code ?? null, message: finding?.message ?? null }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { ...planned, rejected: rows, code: error.code, message: messageWithHint(error) }
  }
}

/** Reads all of a plan as an import does, and keeps and stores nothing. */
export async function dryRunImport(runtime: Runtime, plan: ImportPlan, onUnit: (size: number) => void = () => {}): Promise<PlannedUnit[]> {
  const { db, signal, now } = runtime
  const [universes, expectations] = [new UniverseReadings(), new Expectations(plan.calendar, now())]
  const units: PlannedUnit[] = []
  for await (const given of plan.givens()) {
    signal.throwIfAborted()
    units.push(planUnit(runtime, plan, given, await db.run(signal, (client) => universes.current(client)), expectations))
    onUnit(plan.sizeOf(given))
  }
  return units
}
