import { gzipSync } from 'node:zlib'
import { isoDate } from '../../lib/domain/dates.js'
import { instantOf } from '../../lib/domain/zone.js'

/** What goes wrong with one answer. */
export interface RestFault {
  /** Before anything is answered. */
  delayMs?: number
  /** Break the connection instead of answering. */
  reset?: boolean
  status?: number
  /** More headers, or others; given the server's URL. */
  headers?: (url: string) => Record<string, string>
  /** Instead of the body there would be. */
  body?: string | Buffer | ((whole: string, asked: { url: string; path: string }) => string | Buffer)
  /** Instead of the rows there would be, each a JSON object with `t` `o` `h` `l` `c` `v` `n` whatever the vendor's form; whoever counts them counts these. */
  rows?: (rows: string[]) => string[]
  /** The body as it is sent, said to be gzip. */
  encoded?: (body: Buffer) => Buffer
  /** Break the connection after this part of the body. */
  cutAfter?: number
  /** Claim so many bytes more than there are, and close. */
  longer?: number
  /** Milliseconds between each byte of the body. */
  dripMs?: number
}

const changed = (row: string | undefined, change: (bar: Record<string, unknown>) => Record<string, unknown>): string => JSON.stringify(change(JSON.parse(row ?? '{}') as Record<string, unknown>))
/** Changes the row in the middle; a row's numbers lose nothing by it that these tests look at. */
const inTheMiddle = (change: (bar: Record<string, unknown>) => Record<string, unknown>) => (rows: string[]): string[] =>
  rows.map((row, index) => (index === Math.floor(rows.length / 2) ? changed(row, change) : row))
const edited = (change: (answer: Record<string, unknown>) => Record<string, unknown>) => (whole: string): string => JSON.stringify(change(JSON.parse(whole) as Record<string, unknown>))
const refusal = (status: number, name: string, said: Record<string, string>): RestFault => ({ status, body: JSON.stringify({ status: name, request_id: 'of a fault', ...said }) })

const LIMITED = "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing"

let bomb: Buffer | undefined
/** Packed once: it takes longer than a test waits for an answer. */
const BOMB = (): Buffer => (bomb ??= gzipSync(Buffer.alloc(100_000_000, 0x20)))

/** Everything that has gone wrong with an answer somewhere. */
export const FAULTS = {
  delay: (ms: number): RestFault => ({ delayMs: ms }),
  reset: { reset: true },
  cut: { cutAfter: 0.5 },
  tooShort: { longer: 10 },
  limited: refusal(429, 'ERROR', { error: LIMITED }),
  limitedFor: (retryAfter: string): RestFault => ({ ...refusal(429, 'ERROR', { error: LIMITED }), headers: () => ({ 'retry-after': retryAfter }) }),
  busyFor: (retryAfter: string): RestFault => ({ ...refusal(503, 'ERROR', { error: 'busy' }), headers: () => ({ 'retry-after': retryAfter }) }),
  broken: refusal(500, 'ERROR', { error: 'internal error' }),
  unknownKey: refusal(401, 'ERROR', { error: 'Unknown API Key' }),
  notEntitled: refusal(403, 'NOT_AUTHORIZED', { message: 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing' }),
  notFound: refusal(404, 'NOT_FOUND', { message: 'Data not found.' }),
  html: { headers: () => ({ 'content-type': 'text/html' }), body: '<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>' },
  empty: { body: '' },
  truncatedJson: { body: (whole) => whole.slice(0, Math.floor(whole.length / 2)) },
  damagedGzip: { encoded: (body) => {
    const zipped = gzipSync(body)
    return Buffer.concat([zipped.subarray(0, 20), Buffer.alloc(Math.max(0, zipped.length - 20), 0x5a)])
  } },
  cutGzip: { encoded: (body) => gzipSync(body).subarray(0, -9) },
  /** 100 MB, and none of it compressed. */
  huge: { body: () => Buffer.alloc(100_000_000, 0x20) },
  /** 100 MB out of some 100 kB. */
  bomb: { encoded: () => BOMB() },
  drip: { dripMs: 1000 },
  redirectElsewhere: { status: 302, headers: () => ({ location: 'https://elsewhere.invalid/v2/aggs' }), body: '' },
  redirectInCircles: { status: 302, headers: (url) => ({ location: `${url}/v2/aggs/again` }), body: '' },
  nextLoop: { body: (whole, { path }) => edited((answer) => ({ ...answer, next_url: `https://api.massive.com${path}` }))(whole) },
  renamedField: { rows: inTheMiddle(({ o, ...bar }) => ({ ...bar, open: o })) },
  nulls: { rows: inTheMiddle((bar) => ({ ...bar, o: null })) },
  manyNulls: { rows: (rows) => rows.map((row, index) => (index % 10 === 0 ? changed(row, (bar) => ({ ...bar, c: null })) : row)) },
  allNulls: { rows: (rows) => rows.map((row) => changed(row, (bar) => ({ ...bar, o: null, h: null, l: null, c: null, v: null }))) },
  negative: { rows: inTheMiddle((bar) => ({ ...bar, v: -1 })) },
  wrongCount: { body: edited((answer) => ({ ...answer, resultsCount: Number(answer['resultsCount']) + 1 })) },
  otherSymbol: { body: edited((answer) => ({ ...answer, ticker: 'OTHER' })) },
  otherStatus: { body: edited((answer) => ({ ...answer, status: 'ERROR' })) },
  reversed: { rows: (rows) => rows.toReversed() },
  twice: { rows: (rows) => rows.flatMap((row) => [row, row]) },
  twiceDifferent: { rows: (rows) => [...rows, changed(rows[0], (bar) => ({ ...bar, n: Number(bar['n']) + 1 }))] },
  text: { rows: inTheMiddle((bar) => ({ ...bar, c: String(bar['c']) })) },
  highBelowLow: { rows: inTheMiddle((bar) => ({ ...bar, h: bar['l'], l: bar['h'] })) },
  rowsAreNull: { rows: (rows) => rows.map(() => 'null') },
  resultsAreNull: { body: edited((answer) => ({ ...answer, results: null })) },
  list: { body: '[]' },
  outsideTheRange: { rows: (rows) => [changed(rows[0], (bar) => ({ ...bar, t: instantOf(isoDate('1999-01-04'), '00:00', 'America/New_York').getTime() })), ...rows] },
  inTheFuture: { rows: (rows) => [...rows, changed(rows.at(-1), (bar) => ({ ...bar, t: instantOf(isoDate('2199-01-03'), '00:00', 'America/New_York').getTime() }))] },
  /** One more bar, on a date of its own. */
  on: (date: string, time = '00:00'): RestFault => ({
    rows: (rows) => [...rows, changed(rows.at(-1), (bar) => ({ ...bar, t: instantOf(isoDate(date), time, 'America/New_York').getTime() }))],
  }),
  /** An answer that repeats the key, as it is and with escapes. */
  repeatsKey: (key: string): RestFault => ({
    body: (whole) => `{"note":"your key ${key} or ${encodeURIComponent(key)} or ${key.replaceAll(/./g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}",${whole.slice(1)}`,
  }),
} as const satisfies Record<string, RestFault | ((...of: never[]) => RestFault)>

/** Those that pass, without a wait of seconds. */
export const PASSING: readonly RestFault[] = [FAULTS.reset, FAULTS.cut, FAULTS.tooShort, FAULTS.broken, FAULTS.damagedGzip, FAULTS.busyFor('0')]
