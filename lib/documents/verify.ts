import * as v from 'valibot'
import { OUTCOMES } from '../domain/outcome.js'
import { FINDING_KINDS, type FileDifference, type Finding } from '../features/verify/findings.js'
import type { Repair } from '../routines/repair.js'
import type { LedgerFault } from '../store/ledger/verify.js'
import { checksums } from './checksums.js'
import { commandOf } from './commands.js'
import { defineDocument } from './document.js'
import { count, date, id } from './fields.js'
import { counted, figure } from './figures.js'

const finding = v.strictObject({
  date,
  kind: v.picklist(FINDING_KINDS),
  /** Bars by the ledger; null where only the file was asked. */
  loaded_rows: v.nullable(count),
  /** Bars in the table; null where they could not be compared with the file. */
  stored_rows: v.nullable(count),
  what: v.string(),
  /** The command that makes the date what its file says again. */
  command: v.string(),
})

const repaired = v.strictObject({
  date,
  /** How the load of its file ended, with code and message; null where the repair did not come to it. */
  outcome: v.nullable(v.picklist(OUTCOMES)),
  code: v.nullable(v.string()),
  message: v.nullable(v.string()),
  /** What the load changed, or would change; null where no file was read to its end. */
  inserted: v.nullable(count),
  updated: v.nullable(count),
  removed: v.nullable(count),
  /** Whether the date is right now; null where that is not known: after a dry run, or an interruption. */
  is_right: v.nullable(v.boolean()),
})

/** What is not as it was loaded. */
const verification = v.strictObject({
  /** Loaded dates looked at, and bars stored on them, fills aside. */
  dates: count,
  rows: count,
  /** Files read again. */
  files: count,
  findings: v.array(finding),
  /** Symbols whose stored dates are not what the facts say. */
  symbols_not_as_told: v.array(v.string()),
  /** Dates that only loads of selected symbols have filled. */
  subset_dates: v.array(v.strictObject({ date, rows: count })),
  /** What became of the dates with findings; null where they were not to be repaired. `findings` are those of before. */
  repair: v.nullable(v.strictObject({ run_id: v.nullable(id), dry_run: v.boolean(), dates: v.array(repaired) })),
})

/** `ohlcv verify`: what is not as it was loaded; with `--report` checksums. */
export const VERIFY = defineDocument('ohlcv.verify/1', v.union([verification, checksums]))

function changeText({ loadedRows, storedRows }: Finding, subsetLoadId: number | null): string {
  if (subsetLoadId !== null) return `load ${subsetLoadId} of selected symbols came after it`
  const more = (storedRows ?? 0) - (loadedRows ?? 0)
  return more === 0 ? 'values were changed' : `${counted(Math.abs(more), 'bar')} ${more < 0 ? 'fewer' : 'more'} than loaded`
}

function faultText(fault: LedgerFault): string {
  switch (fault.kind) {
    case 'origin': return `${counted(fault.bars, 'bar')} said to be of a load that was not of this date`
    case 'origin_count': return `${counted(fault.bars, 'bar')} said to be of load ${fault.loadId}, which can have no more than ${figure(fault.most)}`
    case 'rejects': return `${counted(fault.kept, 'rejected row')} kept where there were ${figure(fault.counted)}`
    case 'counts': return `the counts of load ${fault.loadId} contradict each other`
    case 'reference': return `the date stands at load ${fault.loadId}, which is of something else`
    case 'coverage':
  }
  const some = (count: number, verb: string, which: string): string[] => (count === 0 ? [] : [`${verb} ${counted(count, 'security', 'securities')} ${which}`])
  return `coverage ${[...some(fault.missing, 'lacks', 'with bars'), ...some(fault.extra, 'has', 'without any')].join(' and ')}`
}

function fileText({ isOther, counts, failure }: FileDifference): string {
  if (counts === null) return `its file could not be compared: ${failure}`
  const parts = [
    ...(isOther ? ['the source has another version of its file'] : []),
    ...(counts.inserted > 0 ? [`${counted(counts.inserted, 'bar')} of the file not stored`] : []),
    ...(counts.updated > 0 ? [`${counted(counts.updated, 'bar')} with other values than in the file`] : []),
    ...(counts.removed > 0 ? [`${counted(counts.removed, 'bar')} not in the file`] : []),
  ]
  return parts.join(', ')
}

function whatOf(found: Finding): string {
  const { fault } = found
  switch (fault.kind) {
    case 'changed': return changeText(found, fault.subsetLoadId)
    case 'ledger': return faultText(fault.fault)
    case 'file': return fileText(fault.difference)
    case 'unaccounted': return 'bars that no load wrote'
    case 'fill':
  }
  return fault.isLoaded ? `${counted(fault.bars, 'fill')} on a date that has its file` : `${counted(fault.bars, 'fill')} that came by no request`
}

/** Findings as their document has them. */
export function verifyFindings(findings: readonly Finding[]): v.InferInput<typeof finding>[] {
  return findings.map((found) => ({
    date: found.date, kind: found.fault.kind, loaded_rows: found.loadedRows, stored_rows: found.storedRows, what: whatOf(found), command: commandOf(found.remedy),
  }))
}

/** What a check has found, of which {@link verifyDocument} makes its document. */
export interface Verified {
  dates: number
  rows: number
  files: number
  findings: readonly Finding[]
  symbolsNotAsTold: readonly string[]
  subsetDates: readonly { date: string; rows: number }[]
  /** Null where nothing was to be repaired. */
  repair: (Repair & { dryRun: boolean }) | null
}

/** The document of a check. */
export function verifyDocument({ dates, rows, files, findings, symbolsNotAsTold, subsetDates, repair }: Verified): v.InferInput<typeof verification> {
  return {
    dates, rows, files,
    findings: verifyFindings(findings),
    symbols_not_as_told: [...symbolsNotAsTold],
    subset_dates: [...subsetDates],
    repair: repair && {
      run_id: repair.runId, dry_run: repair.dryRun,
      dates: repair.dates.map(({ counts, isRight, ...ended }) => ({
        ...ended, inserted: counts?.inserted ?? null, updated: counts?.updated ?? null, removed: counts?.removed ?? null, is_right: isRight,
      })),
    },
  }
}
