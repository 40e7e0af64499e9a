import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Remedy } from '../../domain/remedy.js'
import { faultsOf, type LedgerFault } from '../../store/ledger/verify.js'
import type { Verification } from './verify.js'

/**
 * What is wrong with a date. `changed`: its bars are not those of its load; `ledger`: the ledger contradicts itself about it;
 * `file`: its bars are not those of its file; `unaccounted`: it has bars that no load wrote; `fill`: it has fills although it is
 * loaded, or such that came by no request.
 */
export const FINDING_KINDS = ['changed', 'ledger', 'file', 'unaccounted', 'fill'] as const

/** How the bars of a date differ from its file, read again. */
export interface FileDifference {
  /** Whether the source has another version of the file than the one that was loaded. */
  isOther: boolean
  /** Bars stored, and what a load of the file would do to them; null where nothing could be compared. */
  counts: { stored: number; inserted: number; updated: number; removed: number } | null
  /** Why not. */
  failure: string
}

/** What is known of a fault, by kind. */
export type Fault =
  /** The load: a later one of selected symbols on the date, which changes bars without moving the ledger. */
  | { kind: 'changed'; subsetLoadId: number | null }
  | { kind: 'ledger'; fault: LedgerFault }
  | { kind: 'file'; difference: FileDifference }
  | { kind: 'unaccounted' }
  | { kind: 'fill'; bars: number; isLoaded: boolean }

/** A date with which something is wrong, and what makes it right. */
export interface Finding {
  date: IsoDate
  fault: Fault
  /** Bars by the ledger, and in the table; null where that was not asked. */
  loadedRows: number | null
  storedRows: number | null
  remedy: Remedy
}

/** What verification has found, with the files that differ from what is stored, by date. */
export function findingsOf({ changed, unledgered, uncovered }: Verification, files: readonly (FileDifference & { date: IsoDate })[], dataset: Dataset): Finding[] {
  const again = (date: IsoDate): Remedy & { action: 'load' } => ({ action: 'load', dataset: dataset.name, start: date, end: date })
  return [
    ...changed.filter(({ same }) => !same).map(({ date, ledgerRows, storedRows, subsetLoadId }): Finding => ({
      date, fault: { kind: 'changed', subsetLoadId }, loadedRows: ledgerRows, storedRows, remedy: again(date),
    })),
    ...changed.flatMap((day) => faultsOf(day).map((fault): Finding => ({
      date: day.date, fault: { kind: 'ledger', fault }, loadedRows: day.ledgerRows, storedRows: day.storedRows, remedy: { ...again(day.date), force: true },
    }))),
    ...changed.filter(({ fills }) => fills > 0).map(({ date, ledgerRows, storedRows, fills }): Finding => ({
      date, fault: { kind: 'fill', bars: fills, isLoaded: true }, loadedRows: ledgerRows, storedRows, remedy: { ...again(date), force: true },
    })),
    ...files.map(({ date, ...difference }): Finding => ({
      date, fault: { kind: 'file', difference }, loadedRows: null, storedRows: difference.counts?.stored ?? null, remedy: again(date),
    })),
    ...uncovered.map(({ date, missing, extra }): Finding => ({
      date, fault: { kind: 'ledger', fault: { kind: 'coverage', missing, extra } }, loadedRows: 0, storedRows: unledgered.find((day) => day.date === date)?.subsetRows ?? 0, remedy: again(date),
    })),
    ...unledgered.filter(({ strayRows }) => strayRows > 0).map(({ date, strayRows, subsetRows }): Finding => ({
      date, fault: { kind: 'unaccounted' }, loadedRows: 0, storedRows: strayRows + subsetRows, remedy: again(date),
    })),
    ...unledgered.filter(({ strayFills }) => strayFills > 0).map(({ date, fills, strayFills }): Finding => ({
      date, fault: { kind: 'fill', bars: strayFills, isLoaded: false }, loadedRows: 0, storedRows: fills, remedy: again(date),
    })),
  ].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

/** Dates without an authoritative load on which all bars, fills aside, are of loads of selected symbols. */
export function subsetDates({ unledgered }: Verification): { date: IsoDate; rows: number }[] {
  return unledgered.filter(({ strayRows, subsetRows }) => strayRows === 0 && subsetRows > 0).map(({ date, subsetRows }) => ({ date, rows: subsetRows }))
}
