import { counted, figure } from '../../../documents/figures.js'
import type { DryRun } from '../../../features/fetch/dry-run.js'
import type { FetchParameters } from '../../../features/fetch/resolve.js'
import type { AuditTotals } from '../../../store/fetches/audit.js'
import type { Job } from '../../../store/fetches/jobs.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { duration, instant } from '../../terminal/times.js'
import { hoursText, symbolsText } from './fetch-report.js'

function stateText({ kind, state, alive, progress, jobId }: Job): string {
  const died = state === 'running' && !alive
  const text = died ? 'running when its process died' : state.replaceAll('_', ' ')
  const resumable = kind === 'fetch' && (died || state === 'failed' || state === 'interrupted' || state === 'completed_with_errors')
  return `job ${jobId}: ${text}, ${progress.toFixed(1)} % done${resumable ? `; go on with: ohlcv fetch --resume ${jobId}` : ''}`
}

/** How far a job has come, for people. */
export function jobText(job: Job, totals: readonly AuditTotals[], auditFile: string, room: number): string {
  const { message, createdAt, startedAt, finishedAt } = job
  const times = [`asked for ${instant(createdAt)}`, ...(startedAt === null ? [] : [`begun ${instant(startedAt)}`]), ...(finishedAt === null ? [] : [`ended ${instant(finishedAt)}`])]
  const rows = totals.map(({ timespan, units, failed, bars, inserted, updated, unchanged, filled, heldBack }) => [timespan, units, failed, bars, inserted, updated, unchanged, filled, heldBack])
  const right = (title: string) => ({ title, align: 'right' as const })
  return [
    [stateText(job), ...(message === null ? [] : [printable(message)]), times.join(', ')].join('\n'),
    ...(rows.length === 0 ? [] : [table([{ title: 'bars' }, right('symbols'), right('failed'), right('fetched'), right('inserted'), right('updated'), right('unchanged'), right('filled'), right('held back')], rows, room)]),
    `audit: ${auditFile}`,
  ].join('\n\n')
}

/** What a dry run tells, for people. */
export function plannedText({ start, end, symbols, symbol_count, provider: named, hours, grouped }: FetchParameters, planned: DryRun, room: number): string {
  const { provider, requests, descriptions, quotas, seconds, byTimespan } = planned
  const what = grouped ? 'all symbols by date' : symbolsText(symbols, symbol_count)
  const right = (title: string) => ({ title, align: 'right' as const })
  const lacking = quotas.filter(({ provider: of, left }) => of === provider && left !== null && left < requests)
  const isAlone = quotas.every(({ provider: of }) => of === provider)
  const parts = [
    `${what} from ${provider}${named === null ? ', the first to be asked' : ''}, ${start} to ${end}`,
    table([{ title: 'bars' }, right('requests')], [...byTimespan.map(({ timespan, requests }) => [timespan, requests]), ...(descriptions === 0 ? [] : [['who they are', descriptions]]), ['all', requests]], room),
  ]
  if (hours !== null && hours.start > start) parts.push(hoursText(hours))
  if (quotas.length > 0) parts.push(table([...(isAlone ? [] : [{ title: 'provider' }]), { title: 'limit' }, right('requests'), right('left now'), right('needed')], quotas.map(({ provider: of, period, limit, left }) => [...(isAlone ? [] : [of]), `a ${period}`, limit, left, requests]), room))
  parts.push(`${counted(requests, 'request')}, ${seconds < 1 ? 'less than a second' : `about ${duration(seconds * 1000)}`} if no answer has a second page and nothing fails`)
  for (const { period, left } of lacking) parts.push(`warning: that is more than the ${figure(left!)} that are left of this ${period}; ${named === null ? 'then others are asked, where there are any' : 'what is not reached is done by resuming the job'}`)
  parts.push('dry run: nothing was asked for')
  return parts.join('\n\n')
}
