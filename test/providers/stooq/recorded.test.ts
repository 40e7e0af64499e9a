import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { STOOQ } from '../../../lib/providers/stooq/stooq.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'

// What the reader makes of recorded answers.

const folder = path.join(RECORDED, 'recorded', 'stooq')

function read(name: string) {
  const tally = new Tally(10)
  const periods = timespanNamed('day').periods({ start: isoDate('2010-01-01'), end: isoDate('2026-12-31') })
  const { rows, bars } = STOOQ.bars.read(readFileSync(path.join(folder, name)), 'X', { timespan: 'day', periods, tally, firstRow: 1 })
  const byDate = new Map(bars.map(({ slot, open, high, low, close, volume }) => [periods.time(slot), [open, high, low, close, volume].join(' ')]))
  return { rows, byDate, rejects: tally.rejects.map(({ reason, raw }) => `${reason} ${raw.toString()}`) }
}

await t.test('every file is read whole, in either language and with either line end, but for the one row that lacks its volume', withRecorded, async (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.csv'))
  t.same(Object.fromEntries(files.map((name) => {
    const { rows, byDate, rejects } = read(name)
    return [name, [rows, byDate.size, ...rejects]]
  })), {
    'aapl_us_d_2026-01-28_pl.since2015.csv': [2784, 2784],
    'aapl_us_d_2026-02-03_en.since2015.csv': [2788, 2788],
    'amzn_us_d_2026-01-28_pl.since2015.csv': [2784, 2784],
    'msft_us_d_2026-01-28_pl.since2015.csv': [2784, 2784],
    'qqq_us_d_2026-06.csv': [105, 105],
    'spy_us_d_2026-06.csv': [100, 100],
    'tsla_us_d_2023-03-17_pl_crlf.since2020.csv': [808, 808],
    'tsla_us_d_2026-01-28_pl.csv': [3920, 3920],
    'xom_us_d_2023-03-17_pl_crlf.2010Q2.csv': [63, 62, 'field_count 2010-04-26,42.9362,43.2708,42.9099,43.118'],
  })
})

await t.test('TSLA has a row before its first day and lacks a session, and what was recorded three years before is in it', withRecorded, async (t) => {
  const { byDate } = read('tsla_us_d_2026-01-28_pl.csv')
  t.equal(byDate.get('2010-06-28'), '1.13333 1.13333 1.13333 1.13333 0')
  t.notOk(byDate.has('2011-02-17'))
  for (const [date, bar] of read('tsla_us_d_2023-03-17_pl_crlf.since2020.csv').byDate) if (byDate.get(date) !== bar) t.fail(date)
})

await t.test('six days later one bar of AAPL is another: the last one of then, by its volume', withRecorded, async (t) => {
  const [first, later] = [read('aapl_us_d_2026-01-28_pl.since2015.csv').byDate, read('aapl_us_d_2026-02-03_en.since2015.csv').byDate]
  t.same([...first].filter(([date, bar]) => later.get(date) !== bar), [['2026-01-28', '257.65 258.855 254.51 256.44 40054059']])
})

await t.test('texts as they were quoted', withRecorded, async (t) => {
  const quoted = [...readFileSync(path.join(folder, 'errors.md'), 'utf8').matchAll(/^- `([^`]+)`/gm)].map(([, text]) => STOOQ.judge({ status: 200, body: Buffer.from(text!) }))
  t.match(quoted, [{ kind: 'nothing' }, { code: 'QUOTA_USED_UP' }, { code: 'PROVIDER_KEY_REFUSED' }])
})
