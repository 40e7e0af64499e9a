import { counted } from '../../../documents/figures.js'
import type { Estimate } from '../../../features/fetch/plan.js'
import type { FetchParameters } from '../../../features/fetch/resolve.js'
import type { AuditTotals } from '../../../store/fetches/audit.js'
import type { Job } from '../../../store/fetches/jobs.js'
import { table } from '../../terminal/table.js'
import { duration, instant } from '../../terminal/times.js'
import { symbolsText } from './fetch-report.js'

function stateText({ state, alive, progress, jobId }: Job): string {
  const died = state === 'running' && !alive
  const text = died ? 'running when its process died' : state.replaceAll('_', ' ')
  const resumable = died || state === 'failed' || state === 'interrupted' || state === 'completed_with_errors'
  return `job ${jobId}: ${text}, ${progress.toFixed(1)} % done${resumable ? `; go on with: ohlcv fetch --resume ${jobId}` : ''}`
}

/** How far a job has come, for people. */
export function jobText(job: Job, totals: readonly AuditTotals[], auditFile: string, room: number): string {
  const { message, createdAt, startedAt, finishedAt } = job
  const times = [`asked for ${instant(createdAt)}`, ...(startedAt === null ? [] : [`begun ${instant(startedAt)}`]), ...(finishedAt === null ? [] : [`ended ${instant(finishedAt)}`])]
  const rows = totals.map(({ timespan, units, failed, bars, inserted, updated, unchanged, filled, heldBack }) => [timespan, units, failed, bars, inserted, updated, unchanged, filled, heldBack])
  const right = (title: string) => ({ title, align: 'right' as const })
  return [
    [stateText(job), ...(message === null ? [] : [message]), times.join(', ')].join('\n'),
    ...(rows.length === 0 ? [] : [table([{ title: 'bars' }, right('symbols'), right('failed'), right('fetched'), right('inserted'), right('updated'), right('unchanged'), right('filled'), right('held back')], rows, room)]),
    `audit: ${auditFile}`,
  ].join('\n\n')
}

/** What a dry run tells, for people. */
export function plannedText({ start, end, symbols, symbol_count, provider, hours, grouped }: FetchParameters, { requests, descriptions, quota, seconds, byTimespan }: Estimate, room: number): string {
  const what = grouped ? 'all symbols by date' : symbolsText(symbols, symbol_count)
  const right = (title: string) => ({ title, align: 'right' as const })
  const parts = [
    `${what} from ${provider}, ${start} to ${end}`,
    table([{ title: 'bars' }, right('requests')], [...byTimespan.map(({ timespan, requests }) => [timespan, requests]), ...(descriptions === 0 ? [] : [['who they are', descriptions]]), ['all', requests]], room),
  ]
  if (hours !== null && hours.start > start) parts.push(`hours are asked for the last two sessions only (${hours.start} and ${hours.end}), whatever the range`)
  if (quota.length > 0) parts.push(table([{ title: 'limit' }, right('allowed'), right('left now'), right('needed')], quota.map(({ limit, allowed, left, needed }) => [limit, allowed, left, needed]), room))
  parts.push(`${counted(requests, 'request')}, about ${duration(seconds * 1000)} at these limits${quota.some(({ left, needed }) => needed > left) ? '; more than is left of a limit' : ''}`)
  parts.push('dry run: nothing was asked for')
  return parts.join('\n\n').replaceAll('  \n', '\n')
}

