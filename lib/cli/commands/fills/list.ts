import { counted, figure } from '../../../documents/figures.js'
import { FILLS, fillsDocument } from '../../../documents/fills.js'
import { fillCounts, filledBars, type FillCount, type FilledBar, type FillFilter } from '../../../store/fetches/fills.js'
import { DATASET_FLAG, readDataset } from '../../flags/dataset.js'
import { FETCHED_FLAGS, readProvider } from '../../flags/fetches.js'
import { describeRange, limitFlag, RANGE_FLAGS, readLimit, readRange } from '../../flags/range.js'
import { securityNamed } from '../../../store/universe/security-named.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { exactColumn } from '../../terminal/exact.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'

const DEFAULT_LIMIT = 40
const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const

function countTable(counts: readonly FillCount[], limit: number): string {
  const shown = table([{ title: 'date' }, { title: 'provider' }, { title: 'bars', align: 'right' }], counts.slice(0, limit).map(({ date, provider, bars }) => [date, printable(provider), bars]))
  return counts.length > limit ? `${shown}\n${counted(counts.length - limit, 'more line')}; --limit ${counts.length} shows all.` : shown
}

function barTable(bars: readonly FilledBar[], room: number): string {
  const numbers = VALUES.map((field) => exactColumn(bars.map((bar) => bar[field])))
  const columns = [
    { title: 'date' }, { title: 'symbol' }, ...VALUES.map((title) => ({ title, align: 'right' as const })), { title: 'transactions', align: 'right' as const, leaves: 3 },
    { title: 'provider', leaves: 4 }, { title: 'fetch', align: 'right' as const, leaves: 2 }, { title: 'job', leaves: 1 },
  ]
  return table(columns, bars.map(({ date, time, symbol, symbolId, transactions, provider, fetchId, jobId }, row) => [
    time === null ? date : instant(time), symbol === null ? `#${symbolId}` : printable(symbol), ...numbers.map((column) => column[row] ?? null), transactions, printable(provider),
    fetchId === null ? null : String(fetchId), jobId,
  ]), room)
}

/** `1,234 bars filled by one, 5 by another`. */
function summary(counts: readonly FillCount[]): string {
  const providers = new Map<string, number>()
  for (const { provider, bars } of counts) providers.set(provider, (providers.get(provider) ?? 0) + bars)
  return [...providers].map(([provider, bars], index) => `${index === 0 ? counted(bars, 'bar') : figure(bars)}${index === 0 ? ' filled' : ''} by ${printable(provider)}`).join(', ')
}

function fillText(counts: readonly FillCount[], bars: readonly FilledBar[] | null, filter: FillFilter, view: { limit: number; room: number }): string {
  const total = counts.reduce((sum, { bars: filled }) => sum + filled, 0)
  if (total === 0) return `No bar was filled in${describeRange(filter)}.`
  const lines = [`${summary(counts)}${describeRange(filter)}`, '']
  if (bars === null) return [...lines, countTable(counts, view.limit)].join('\n')
  lines.push(barTable(bars, view.room))
  if (total > bars.length) lines.push('', `${figure(total - bars.length)} more; --limit ${total} shows all.`)
  return lines.join('\n')
}

export const fillsList = defineCommand({
  document: FILLS,
  usage: '$0',
  describe: NAMES.fills.describe,
  examples: [
    ['fills', 'counts by date and provider, the latest date first'],
    ['fills --symbol SPY --start 2026-01-01', 'the filled bars of one symbol'],
    ['fills --job nightly', 'those that a job brought and that still stand'],
  ],
  flags: {
    ...RANGE_FLAGS,
    provider: FETCHED_FLAGS.provider,
    job: FETCHED_FLAGS.job,
    symbol: { ...FETCHED_FLAGS.symbol, describe: 'only the security this symbol names' },
    dataset: DATASET_FLAG,
    limit: limitFlag(`show at most N lines (default ${DEFAULT_LIMIT})`),
  },
  async run({ start, end, provider, job = null, symbol, dataset: flag, limit: most }, context) {
    const range = readRange({ start, end })
    const limit = readLimit(most, DEFAULT_LIMIT)
    const dataset = readDataset(flag)
    const { pool } = await context.database()
    const symbolId = symbol === undefined ? null : (await securityNamed(pool, symbol, null)).security.symbolId
    const filter: FillFilter = { ...range, provider: readProvider(provider), job, symbolId }
    const counts = await fillCounts(pool, dataset, filter)
    const bars = job === null && symbolId === null ? null : await filledBars(pool, dataset, filter, limit)
    return { exitCode: EXIT.ok, data: fillsDocument(dataset.name, counts, bars), text: () => fillText(counts, bars, filter, { limit, room: context.room }) }
  },
})
