import { counted } from '../../../documents/figures.js'
import type { PolledSession } from '../../../features/fetch/poll/ports.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { duration } from '../../terminal/times.js'

const right = (title: string) => ({ title, align: 'right' as const })

/** The summary for people: a row a session, and what was wrong in the end. */
export function pollText(sessions: readonly PolledSession[], seconds: number, room: number): string {
  if (sessions.length === 0) return `no session in ${duration(seconds * 1000)}`
  const rows = sessions.map(({ date, state, ticks, skipped, failed, requests, counts: { inserted, updated, unchanged, heldBack } }) =>
    [date, state.replaceAll('_', ' '), ticks, skipped, failed, requests, inserted, updated, unchanged, heldBack])
  const faults = sessions.flatMap(({ date, faults }) => [...faults].map(([symbol, { message }]) => `failed in the end: ${printable(`${date} ${symbol}: ${message}`)}`))
  return [
    table([
      { title: 'session' }, { title: 'state' }, right('ticks'), right('left out'), right('failed'), right('requests'), right('inserted'), right('updated'), right('unchanged'), right('held back'),
    ], rows, room),
    `${counted(sessions.length, 'session')} in ${duration(seconds * 1000)}: ${sessions.map(({ jobId }) => jobId).join(', ')}`,
    ...(faults.length > 0 ? [faults.join('\n')] : []),
  ].join('\n\n')
}
