import type { ListedFetch } from '../../../store/fetches/list.js'
import { printable } from '../../terminal/printable.js'

/** `2025-01-06`, or `2025-01-06..2025-01-10`. */
export function describeDates({ start, end }: Pick<ListedFetch, 'start' | 'end'>): string {
  return start === end ? start : `${start}..${end}`
}

/** The symbol, or `*` for all of a date. */
export function describeSymbol({ symbol }: Pick<ListedFetch, 'symbol'>): string {
  return symbol === null ? '*' : printable(symbol)
}

/** How it ended, and what has become of it since. */
export function describeStatus({ status, withdrawnAt, prunedAt }: Pick<ListedFetch, 'status' | 'withdrawnAt' | 'prunedAt'>): string {
  return [status, ...(withdrawnAt === null ? [] : ['withdrawn']), ...(prunedAt === null ? [] : ['pruned'])].join(', ')
}
