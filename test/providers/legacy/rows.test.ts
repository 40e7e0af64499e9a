import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { LegacyRow } from '../../../lib/domain/legacy-row.js'
import { Tally } from '../../../lib/domain/tally.js'
import { AUTHORITY, BAR_SOURCES } from '../../../lib/providers/authority.js'
import { BAR_PROVIDERS } from '../../../lib/providers/bar-providers.js'
import { readRows, writeRows } from '../../../lib/providers/legacy/rows.js'

const PERIODS = timespanNamed('day').periods({ start: isoDate('2024-01-02'), end: isoDate('2024-01-05') })
const ROW: LegacyRow = { date: '2024-01-03', open: '10.10', high: '12', low: '9.5', close: '11.123456789012345678', volume: '1000', transactions: null }

function read(body: Buffer): { page: ReturnType<typeof readRows>; tally: Tally } {
  const tally = new Tally(10)
  return { page: readRows(body, 'AAA', { timespan: 'day', periods: PERIODS, tally, firstRow: 1 }), tally }
}

await t.test('what is kept of an old table is CSV that says what its prices are adjusted for, and comes back as it was to the last digit', async (t) => {
  const body = writeRows('split', [ROW, { ...ROW, date: '2024-01-04', volume: '1e3', transactions: '12' }])
  t.equal(body.toString(), '# basis: split\ndate,open,high,low,close,volume,transactions\n2024-01-03,10.10,12,9.5,11.123456789012345678,1000,\n2024-01-04,10.10,12,9.5,11.123456789012345678,1e3,12\n')
  const { page, tally } = read(body)
  t.same(page, {
    rows: 2, next: null, bars: [
      { line: 1, symbol: 'AAA', slot: 1, open: '10.1', high: '12', low: '9.5', close: '11.123456789012345678', volume: '1000', transactions: null, basis: 'split' },
      { line: 2, symbol: 'AAA', slot: 2, open: '10.1', high: '12', low: '9.5', close: '11.123456789012345678', volume: '1000', transactions: '12', basis: 'split' },
    ],
  })
  t.equal(tally.counts.read, 2)
})

await t.test('each row that is no bar is rejected by itself, as it came, with the field at fault', async (t) => {
  const rows: LegacyRow[] = [
    { ...ROW, open: null }, { ...ROW, high: 'n/a, "gone"' }, { ...ROW, close: '1\n2' }, { ...ROW, volume: '123456789012345678901' }, { ...ROW, transactions: '1.5' },
    { ...ROW, transactions: '1234567890123456789' }, { ...ROW, date: null }, { ...ROW, date: '2024-02-30' }, { ...ROW, date: '2023-12-29' }, ROW,
  ]
  const { page, tally } = read(writeRows('none', rows))
  t.same(tally.rejects.map(({ line, reason, field }) => [line, reason, field]), [
    [1, 'null_value', 'open'], [2, 'bad_number', 'high'], [3, 'bad_number', 'close'], [4, 'number_too_long', 'volume'], [5, 'bad_number', 'transactions'],
    [6, 'number_too_long', 'transactions'], [7, 'wrong_date', 'date'], [8, 'wrong_date', 'date'], [9, 'wrong_date', 'date'],
  ])
  t.equal(tally.rejects[1]!.raw.toString(), '2024-01-03,10.10,"n/a, ""gone""",9.5,11.123456789012345678,1000,')
  t.same(page.bars.map(({ line }) => line), [10])
})

await t.test('anything else is told to be no import of a table', async (t) => {
  for (const body of ['', 'date,open\n', '# basis: none\ndate,open\n', '# basis: all\ndate,open,high,low,close,volume,transactions\n']) {
    t.throws(() => read(Buffer.from(body)), { code: 'ANSWER_FORMAT', message: `the file begins with ${JSON.stringify(body.split('\n')[0])}, which is no import of a table` })
  }
})

await t.test('an old table is trusted less than every provider that can be asked', async (t) => {
  t.same(AUTHORITY, [...BAR_PROVIDERS.map(({ name }) => name), 'legacy'])
  t.same(BAR_SOURCES.filter(({ bars }) => bars === null).map(({ name }) => name), ['legacy'])
})
