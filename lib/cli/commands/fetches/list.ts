import { counted, figure } from '../../../documents/figures.js'
import { FETCHES, fetchesDocument } from '../../../documents/fetches.js'
import { FETCH_STATUSES } from '../../../store/fetches/fetches.js'
import { fetchCounts, latestFetches, type FetchCount, type FetchFilter, type ListedFetch } from '../../../store/fetches/list.js'
import { FETCHED_FLAGS, readProvider } from '../../flags/fetches.js'
import { limitFlag, readLimit } from '../../flags/range.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { fileSize } from '../../terminal/bytes.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'
import { describeDates, describeSymbol, describeStatus } from './fetch-report.js'

const DEFAULT_LIMIT = 30
/** Digits of a hash that are enough to tell answers apart by eye. */
const SHORT_HASH = 10

const COLUMNS = [
  { title: 'fetch', align: 'right' as const }, { title: 'when', leaves: 4 }, { title: 'provider', leaves: 3 }, { title: 'symbol' }, { title: 'timespan' }, { title: 'dates' },
  { title: 'status' }, { title: 'code' }, { title: 'tries', align: 'right' as const, leaves: 2 }, { title: 'bars', align: 'right' as const },
  { title: 'bytes', align: 'right' as const, leaves: 5 }, { title: 'hash', leaves: 1 },
]

function rowOf(fetch: ListedFetch): (string | number | null)[] {
  const { fetchId, pulledAt, provider, timespan, code, tries, bars, bytes, rawHash } = fetch
  return [
    String(fetchId), instant(pulledAt), printable(provider), describeSymbol(fetch), timespan, describeDates(fetch), describeStatus(fetch), code, tries, bars,
    rawHash === null ? null : fileSize(bytes), rawHash && rawHash.slice(0, SHORT_HASH),
  ]
}

function closing(counts: readonly FetchCount[]): string {
  const sum = (pick: (count: FetchCount) => number) => counts.reduce((all, count) => all + pick(count), 0)
  const statuses = counts.map(({ status, fetches }) => `${figure(fetches)} ${status}`).join(', ')
  return `${counted(sum(({ fetches }) => fetches), 'request')}: ${statuses}; ${counted(sum(({ bars }) => bars), 'bar')}, ${fileSize(sum(({ bytes }) => bytes))}.`
}

function listText(fetches: readonly ListedFetch[], counts: readonly FetchCount[], filter: FetchFilter, room: number): string {
  if (fetches.length === 0) {
    const all = Object.values(filter).every((chosen) => chosen === null)
    return all ? 'Nothing has been fetched yet. Begin with: ohlcv fetch --symbols SPY --days 2' : 'No request was like that.'
  }
  const total = counts.reduce((sum, count) => sum + count.fetches, 0)
  const more = total > fetches.length ? ` ${figure(total - fetches.length)} more; --limit ${total} shows all.` : ''
  return `${table(COLUMNS, fetches.map(rowOf), room)}\n\n${closing(counts)}${more}\nohlcv fetches show ID shows one of them, with --raw as it came.`
}

export const fetchesList = defineCommand({
  document: FETCHES,
  usage: '$0',
  describe: NAMES.fetches.describe,
  examples: [
    ['fetches', `the latest ${DEFAULT_LIMIT} requests`],
    ['fetches --status failed --job nightly', 'what a job could not get'],
    ['fetches --symbol SPY --timespan week', 'one symbol, one length of bars'],
  ],
  flags: {
    ...FETCHED_FLAGS,
    status: { choices: FETCH_STATUSES, requiresArg: true, describe: 'only requests that ended so' },
    limit: limitFlag(`show at most N requests (default ${DEFAULT_LIMIT})`),
  },
  async run({ job = null, provider, symbol = null, timespan = null, status = null, limit }, context) {
    const filter: FetchFilter = { job, provider: readProvider(provider), symbol, timespan, status }
    const most = readLimit(limit, DEFAULT_LIMIT)
    const { pool } = await context.database()
    const [fetches, counts] = await Promise.all([latestFetches(pool, filter, most), fetchCounts(pool, filter)])
    return { exitCode: EXIT.ok, data: fetchesDocument(fetches, counts), text: () => listText(fetches, counts, filter, context.room) }
  },
})
