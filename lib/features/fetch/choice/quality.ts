import type { RejectReason } from '../../../domain/reject.js'

/** Answers of less are not good enough. */
const LEAST_QUALITY = 0.6

/** What the quality of answers is judged by. */
export interface Judged {
  /** Rows of all answers. */
  rows: number
  /** Why rows were kept out, and how many for which reason. */
  reasons: readonly ReadonlyMap<RejectReason, number>[]
  /** Of the bars that the calendar lets expect, those that came; null where nobody knows how many to expect. */
  coverage: { expected: number; counted: number } | null
}

/** Rows whose prices are in no order, or that repeat a bar with other values. */
const OUT_OF_ORDER: readonly RejectReason[] = ['low_above_open', 'low_above_close', 'open_above_high', 'close_above_high', 'duplicate']

/**
 * How good answers are, from 0 to 1: the share of their rows without a null, times the share whose prices are in order and that are said once, times the share of the
 * expected bars that came.
 */
export function qualityOf({ rows, reasons, coverage }: Judged): number {
  const rejected = (of: readonly RejectReason[]): number => reasons.reduce((sum, counts) => sum + of.reduce((all, reason) => all + (counts.get(reason) ?? 0), 0), 0)
  const without = (of: readonly RejectReason[]): number => (rows === 0 ? 1 : 1 - rejected(of) / rows)
  const covered = coverage === null || coverage.expected === 0 ? 1 : Math.min(coverage.counted / coverage.expected, 1)
  return without(['null_value']) * without(OUT_OF_ORDER) * covered
}

export function isPoor(quality: number): boolean {
  return quality < LEAST_QUALITY
}
