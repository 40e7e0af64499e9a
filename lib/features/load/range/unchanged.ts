import { datesAsLoaded, type LoadedDay } from '../../../store/ledger/days.js'
import type { IsoDate } from '../../../domain/dates.js'
import type { DayFile } from '../../../sources/source.js'
import type { Runtime } from '../../runs/runtime.js'
import { RULES_VERSION } from '../../../stages/rules.js'
import { endingOfError } from '../day/load-day.js'
import { withoutReading, type DayResult } from '../day/result.js'
import type { LoadRun } from '../day/run.js'

/** Dates that are looked at by one statement: each on its own would cost a round trip and a commit. */
const DATES_AT_ONCE = 16

/** A file whose date has been loaded. */
interface Loaded {
  file: DayFile
  day: LoadedDay
}

/** The files that may be the versions their dates stand at, by the rules and identities of today, in groups to be looked at together. */
export function maybeUnchanged({ request, selected }: LoadRun, files: readonly DayFile[], loaded: ReadonlyMap<IsoDate, LoadedDay>): Loaded[][] {
  if (request.force || selected !== null) return []
  const candidates = files.flatMap((file) => {
    const day = loaded.get(file.date)
    return day === undefined || day.stale || day.rulesVersion !== RULES_VERSION ? [] : [{ file, day }]
  })
  return Array.from({ length: Math.ceil(candidates.length / DATES_AT_ONCE) }, (_, group) => candidates.slice(group * DATES_AT_ONCE, (group + 1) * DATES_AT_ONCE))
}

/** How those of a group end that need no reading: unchanged, or their file cannot be told apart. The others are left out. */
export async function settleUnchanged({ db, now, signal }: Runtime, { request, source, dataset }: LoadRun, group: readonly Loaded[]): Promise<DayResult[]> {
  const failed = (date: IsoDate, error: unknown) => withoutReading(date, now(), endingOfError(signal.aborted ? signal.reason : error))
  const settled: DayResult[] = []
  const same: LoadedDay[] = []
  for (const { file, day } of group) {
    if (signal.aborted) break
    try {
      const known = { sha256: day.sha256, version: day.version }
      if ((file.version ?? (await source.versionOf(file, signal, known))) === day.version) same.push(day)
    } catch (error) {
      settled.push(failed(file.date, error))
    }
  }
  if (same.length === 0) return settled
  try {
    const asLoaded = request.trust_ledger ? undefined : await db.run(signal, (client) => datesAsLoaded(client, dataset, same))
    for (const { date, rowCount } of same) {
      if (asLoaded?.has(date) ?? true) settled.push(withoutReading(date, now(), { outcome: 'unchanged', code: null, message: null }, rowCount))
    }
  } catch (error) {
    for (const { date } of same) settled.push(failed(date, error))
  }
  return settled
}
