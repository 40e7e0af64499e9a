import type { DocumentOf } from '../../../documents/document.js'
import type { FETCHES_REPLAY } from '../../../documents/fetches.js'
import { figure } from '../../../documents/figures.js'
import { cut, printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'

type Replayed = Pick<DocumentOf<typeof FETCHES_REPLAY>, 'timespans' | 'failures'>

/** Failures that are told one by one. */
const MOST_FAILURES = 20

const COUNTS = ['answers', 'bars', 'inserted', 'updated', 'removed', 'unchanged', 'held_back', 'left', 'beside', 'pruned', 'failed'] as const
/** Which of them leave first where the terminal is narrow. */
const LEAVING: Partial<Record<(typeof COUNTS)[number], number>> = { held_back: 1, bars: 2, left: 3, beside: 4, pruned: 5, failed: 6 }

/** What the bars of this command show: groups of answers done, time left, the last one. */
export const REPLAY_PROGRESS = '{bar} {value}/{total}  {left}  {label}'

/** What became of the bars of each timespan. */
export function replayTable({ timespans }: Replayed, room: number): string {
  const columns = [{ title: 'timespan' }, ...COUNTS.map((name) => ({ title: name.replace('_', ' '), align: 'right' as const, ...(LEAVING[name] !== undefined && { leaves: LEAVING[name] }) }))]
  return table(columns, timespans.map((counts) => [counts.timespan, ...COUNTS.map((name) => counts[name])]), room)
}

/** What could not be read, and what was left for it. */
export function replayRemarks({ timespans, failures }: Replayed, columns: number): string[] {
  const sum = (name: (typeof COUNTS)[number]) => timespans.reduce((all, counts) => all + counts[name], 0)
  const lines: string[] = []
  if (sum('left') > 0) lines.push(`${figure(sum('left'))} bars were left as they are: the answers they stand on are no longer kept, or could not be read.`)
  for (const { fetch_id, symbol, timespan, code, message } of failures.slice(0, MOST_FAILURES)) {
    lines.push(cut(`fetch ${fetch_id}  ${symbol === null ? '*' : printable(symbol)}, ${timespan}  ${code}: ${printable(message)}`, Math.max(columns, 80) * 3))
  }
  const more = sum('failed') - Math.min(failures.length, MOST_FAILURES)
  if (more > 0) lines.push(`and ${figure(more)} more answers that could not be read`)
  return lines
}

/** Whether every answer could be read. */
export function isWhole({ timespans }: Replayed): boolean {
  return timespans.every(({ failed }) => failed === 0)
}
