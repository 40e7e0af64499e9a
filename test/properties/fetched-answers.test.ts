import fc from 'fast-check'
import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import { OhlcvError } from '../../lib/domain/errors.js'
import { Universe } from '../../lib/domain/universe.js'
import { AnswerReader } from '../../lib/features/fetch/read-answer.js'
import { MASSIVE_REST } from '../../lib/providers/massive/rest/rest.js'
import { fetchWorld } from '../helpers/fetch-world.js'
import { startRestServer } from '../helpers/rest-server.js'
import { inputs, SEED } from './runs.js'

// Whatever becomes of the bytes of an answer: its bars are those that its text says, to the last digit, or it is refused by a code.

const RANGE = { start: isoDate('2026-03-02'), end: isoDate('2026-03-20') }
const NOW = '2026-04-01T22:00:00Z'
const universe = new Universe([{ symbol: 'SPY', symbolId: 7, from: null, to: null }], 1)

/** A change of an answer's text at a place that a number from 0 to 1 says. */
type Change = (text: string, at: number, by: number) => string

const place = (length: number, at: number): number => Math.min(Math.floor(at * length), Math.max(length - 1, 0))
const digits = '0123456789.-eE+'

/** One of the values after a colon, replaced. */
function withValue(text: string, at: number, other: (value: string) => string): string {
  const values = [...text.matchAll(/(?<=":)(?:"[^"]*"|[^,{}[\]]+)/g)]
  const chosen = values[place(values.length, at)]
  return chosen === undefined ? text : text.slice(0, chosen.index) + other(chosen[0]) + text.slice(chosen.index + chosen[0].length)
}

const CHANGES: Record<string, Change> = {
  flip: (text, at, by) => {
    const bytes = Buffer.from(text)
    bytes[place(bytes.length, at)]! ^= 1 << Math.floor(by * 8)
    return bytes.toString('latin1')
  },
  cut: (text, at) => text.slice(0, place(text.length, at)),
  remove: (text, at, by) => text.slice(0, place(text.length, at)) + text.slice(place(text.length, at) + 1 + Math.floor(by * 40)),
  repeat: (text, at, by) => {
    const [from, to] = [place(text.length, at), place(text.length, at) + 1 + Math.floor(by * 40)]
    return text.slice(0, to) + text.slice(from)
  },
  digit: (text, at, by) => withValue(text, at, (value) => {
    const index = place(value.length, by)
    return value.slice(0, index) + digits[Math.floor(by * 997) % digits.length] + value.slice(index + 1)
  }),
  number: (text, at, by) => withValue(text, at, () => ['null', '-1', '-0', '0', '1e5', '1.50e-3', '12345678901234567890123', '0.000000000000000000001', '1E400', '"5"', '1772427600000', '7.0'][Math.floor(by * 12)]!),
  swapFields: (text, at, by) => {
    const names = ['"o":', '"h":', '"l":', '"c":', '"v":', '"t":', '"n":', '"vw":']
    const [a, b] = [names[Math.floor(at * names.length)]!, names[Math.floor(by * names.length)]!]
    return text.replaceAll(a, '"?":').replaceAll(b, a).replaceAll('"?":', b)
  },
  swapRows: (text, at, by) => {
    const rows = text.match(/\{[^{}]*\}/g) ?? []
    const [a, b] = [rows[place(rows.length, at)], rows[place(rows.length, by)]]
    return a === undefined || b === undefined ? text : text.replace(a, '\0').replace(b, () => a).replace('\0', () => b)
  },
  twice: (text, at) => {
    const rows = text.match(/\{[^{}]*\}/g) ?? []
    const row = rows[place(rows.length, at)]
    return row === undefined ? text : text.replace(row, () => `${row},${row}`).replaceAll(/(?<=Count":)\d+/g, (count) => String(Number(count) + 1))
  },
}

// Not small ones rather than others: each place of an answer is as good.
const part = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1e6)
const changes = fc.array(fc.record({ kind: fc.constantFrom(...Object.keys(CHANGES)), at: part, by: part }), { minLength: 1, maxLength: 3 })

const changed = (text: string, made: readonly { kind: string; at: number; by: number }[]): string => made.reduce((text, { kind, at, by }) => CHANGES[kind]!(text, at, by), text)

/** What a number says, without an exponent and without zeros that say nothing: worked out on its digits. */
function plain(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? []
  const shift = Number(exponent)
  if (Math.abs(shift) > 100) return token
  const all = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`
  const point = Math.max(0, -shift) + whole.length + shift
  const [before, after] = [all.slice(0, point).replace(/^0+(?=\d)/, '') || '0', all.slice(point).replace(/0+$/, '')]
  const value = after === '' ? before : `${before}.${after}`
  return value === '0' ? '0' : sign + value
}

/** A row as it would be stored, read by nothing but its text: `date o h l c v n`. */
function rowsOf(body: string): Set<string> {
  return new Set((body.match(/\{[^{}]*\}/g) ?? []).map((row) => {
    const fields = new Map([...row.matchAll(/"(\w+)"\s*:\s*(-?[\d.eE+-]+|null)/g)].map(([, name, value]) => [name, value!]))
    const date = new Date(Number(fields.get('t'))).toLocaleDateString('sv-SE', { timeZone: 'America/New_York' })
    const n = fields.get('n')
    return [date, ...['o', 'h', 'l', 'c', 'v'].map((name) => plain(fields.get(name) ?? '')), n === undefined || n === 'null' ? '' : plain(n)].join(' ')
  }))
}

const server = await startRestServer({ now: () => new Date(NOW) })
const response = await fetch(`${server.url}/v2/aggs/ticker/SPY/range/1/day/${RANGE.start}/${RANGE.end}?adjusted=false`, { headers: { authorization: `Bearer ${server.key}` } })
const BODY = await response.text()
await server.close()

await t.test('the bars of an answer are those that its text says, to the last digit, or it is refused', async (t) => {
  let [accepted, refused, bars] = [0, 0, 0]
  const calendar = createCalendar(DEFAULT_EXCHANGE)
  fc.assert(fc.property(changes, (made) => {
    const body = changed(BODY, made)
    const reader = new AnswerReader({ form: 'answer', provider: MASSIVE_REST, timespan: timespanNamed('day'), symbol: 'SPY', range: RANGE, calendar, universe, pulledAt: new Date(NOW), request: 0 })
    try {
      reader.read(Buffer.from(body, 'latin1'))
      reader.judge()
    } catch (error) {
      if (!(error instanceof OhlcvError && error.code.startsWith('ANSWER_'))) throw error
      refused++
      return true
    }
    accepted++
    const written = rowsOf(body)
    const { read, staged, rejected, duplicates, unknown } = reader.tally.counts
    if (read !== staged + rejected + duplicates + unknown + reader.repeats.length) throw new Error(`rows are lost: ${JSON.stringify(reader.tally.counts)}`)
    for (const line of reader.pieces.join('').match(/.+\n/g) ?? []) {
      const [, symbolId, time, open, high, low, close, volume, transactions = ''] = line.trimEnd().split('\t')
      const bar = [time, open, high, low, close, volume, transactions.replace('\\N', '')].join(' ')
      if (symbolId !== '7' || !written.has(bar)) throw new Error(`the answer does not say ${bar}`)
      bars++
    }
    return true
  }), { numRuns: inputs(t, 2000), seed: SEED })
  t.ok(accepted > 200 && refused > 200 && bars > 2000, `${accepted} accepted with ${bars} bars, ${refused} refused`)
})

await t.test('so are those that are stored of it', async (t) => {
  const world = await fetchWorld(t, NOW)
  const asked = { symbols: ['SPY'], timespans: ['day' as const], start: RANGE.start, end: RANGE.end }
  await world.fetch(asked)
  const ended = new Set<string>()
  await fc.assert(fc.asyncProperty(changes, async (made) => {
    const before = await world.bars()
    let body = ''
    world.server.fault = ({ url }) => (url.includes('/range/') ? { body: (whole) => Buffer.from((body = changed(whole, made)), 'latin1') } : undefined)
    const [unit] = (await world.fetch(asked)).result.symbols[0]!.units
    ended.add(unit!.status)
    if (unit!.status === 'rejected') return JSON.stringify(await world.bars()) === JSON.stringify(before)
    const written = rowsOf(body)
    const ids = unit!.fetchIds
    const rows = await world.lines(`select time || ' ' || concat_ws(' ', open, high, low, close, volume, coalesce(transactions::text, '')) from ohlcv_daily where fetch_id = any ($1)`, [ids])
    return rows.length === unit!.counts.inserted + unit!.counts.updated && rows.every((row) => written.has(row))
  }), { numRuns: inputs(t, 40), seed: SEED })
  t.ok(ended.has('stored') && ended.has('rejected'), [...ended].join(' '))
})
