import { gzipSync } from 'node:zlib'
import type pg from 'pg'
import t, { type Test } from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { putOverride } from '../../../lib/store/calendar/overrides.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { dayFileText, directorySource, loadDates, manyBars, putDayFile, registerSymbols, type LoadOptions } from '../../helpers/load.js'
import { s3Source, type S3SourceFixture } from '../../sources/fixture.js'

const { pool } = await freshDatabase(t)

const symbols = manyBars(20).map((bar) => bar.split(',')[0]!)
const file = (date: string) => gzipSync(dayFileText(date, manyBars(20)))

async function prepared(t: Test): Promise<{ pool: pg.Pool; bucket: S3SourceFixture; states: (start: string, end: string, options?: LoadOptions) => Promise<string[]> }> {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const bucket = await s3Source(t)
  const states = async (start: string, end: string, options: LoadOptions = {}) =>
    (await loadDates(pool, bucket.source, start, end, options)).days.map(({ date, outcome, code }) => [date, outcome, code].filter((part) => part !== null).join(' '))
  return { pool, bucket, states }
}

await t.test('a week with Thanksgiving in it', async (t) => {
  const { bucket, states } = await prepared(t)
  for (const date of ['2024-11-25', '2024-11-26', '2024-11-27', '2024-11-29']) bucket.publish(date, file(date))

  await t.test('needs no file for the holiday, and lists no weekend', async (t) => {
    t.same(await states('2024-11-23', '2024-12-01'), [
      '2024-11-25 loaded', '2024-11-26 loaded', '2024-11-27 loaded', '2024-11-28 holiday', '2024-11-29 loaded',
    ])
    t.same(bucket.server.requests.filter(({ operation }) => operation === 'head'), [], 'the source is not asked about closed days')
  })

  await t.test('does not load a file of the holiday or of a Saturday, but tells of it', async (t) => {
    bucket.publish('2024-11-28', file('2024-11-28'))
    bucket.publish('2024-11-30', file('2024-11-30'))
    t.same(await states('2024-11-28', '2024-12-01'), ['2024-11-28 holiday FILE_ON_CLOSED_DAY', '2024-11-29 unchanged', '2024-11-30 holiday FILE_ON_CLOSED_DAY'])
  })

  await t.test('loads them when told to include closed days', async (t) => {
    t.same(await states('2024-11-28', '2024-12-01', { includeClosed: true }), ['2024-11-28 loaded', '2024-11-29 unchanged', '2024-11-30 loaded'])
  })
})

await t.test('a session without a file', async (t) => {
  const { bucket, states } = await prepared(t)
  bucket.publish('2024-12-02', file('2024-12-02'))
  const at = (now: string) => states('2024-12-03', '2024-12-03', { now: new Date(now) })
  // The file of 2024-12-03 is due on 2024-12-04 at 11:00 in New York, 16:00Z, and missing a day later.
  await t.test('is not published yet on its own day, before its hour, and until a day after it', async (t) => {
    for (const now of ['2024-12-03T15:00:00Z', '2024-12-04T15:59:59Z', '2024-12-04T16:00:00Z', '2024-12-05T15:59:59Z']) t.same(await at(now), ['2024-12-03 not_published NOT_PUBLISHED'], now)
    t.same(bucket.server.requests.filter(({ operation }) => operation !== 'list'), [], 'which needs no request for the file')
  })

  await t.test('is missing after that, whether the source says 404 or, as the vendor does for files it lacks, 403', async (t) => {
    t.same(await at('2024-12-05T16:00:00Z'), ['2024-12-03 missing FILE_MISSING'])
    bucket.server.forbidden.add('us_stocks_sip/day_aggs_v1/2024/12/2024-12-03.csv.gz')
    t.same(await states('2024-12-02', '2024-12-03', { now: new Date('2024-12-05T16:00:00Z') }), ['2024-12-02 loaded', '2024-12-03 missing FILE_MISSING'])
  })

  await t.test('is loaded once it is there', async (t) => {
    bucket.server.forbidden.clear()
    bucket.publish('2024-12-03', file('2024-12-03'))
    t.same(await at('2024-12-04T06:00:00Z'), ['2024-12-03 loaded'])
  })
})

await t.test('a date the source refuses', async (t) => {
  const { bucket, states } = await prepared(t)
  const key = bucket.publish('2024-12-03', file('2024-12-03'))

  await t.test('is forbidden when it is listed', async (t) => {
    bucket.server.forbidden.add(key)
    t.same(await states('2024-12-03', '2024-12-03'), ['2024-12-03 forbidden SOURCE_FORBIDDEN'])
  })

  await t.test('is forbidden when it is older than everything the source lists', async (t) => {
    bucket.server.forbidden.clear()
    bucket.server.forbidden.add('us_stocks_sip/day_aggs_v1/2024/12/2024-12-02.csv.gz')
    t.same(await states('2024-12-02', '2024-12-03'), ['2024-12-02 forbidden OUTSIDE_PLAN', '2024-12-03 loaded'])
  })
})

await t.test('a closure the user keeps counts like one of the rules', async (t) => {
  const { pool, bucket, states } = await prepared(t)
  bucket.publish('2024-12-02', file('2024-12-02'))
  await putOverride(pool, 'XNYS', { date: isoDate('2024-12-03'), kind: 'closed', closes: null, reason: 'Day of mourning' })
  t.same(await states('2024-12-03', '2024-12-03'), ['2024-12-03 holiday'])
})

await t.test('a run can be limited', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const run = async (only: 'unloaded' | 'failed' | 'changed') =>
    (await loadDates(pool, directorySource(root), '2024-12-02', '2024-12-06', { only })).days.map(({ date, outcome }) => `${date} ${outcome}`)
  for (const date of ['2024-12-02', '2024-12-03', '2024-12-04']) putDayFile(root, date, manyBars(20))
  putDayFile(root, '2024-12-05', manyBars(20).map((bar) => bar.replace(',10,', ',99,')))
  await loadDates(pool, directorySource(root), '2024-12-03', '2024-12-05')

  await t.test('to dates that failed', async (t) => {
    t.same(await run('failed'), ['2024-12-05 source_failed'])
    putDayFile(root, '2024-12-05', manyBars(20))
    t.same(await run('failed'), ['2024-12-05 loaded'])
    t.same(await run('failed'), [])
  })

  await t.test('to dates never loaded', async (t) => {
    t.same(await run('unloaded'), ['2024-12-02 loaded', '2024-12-06 missing'])
    putDayFile(root, '2024-12-06', manyBars(20))
    t.same(await run('unloaded'), ['2024-12-06 loaded'])
  })

  await t.test('to dates whose file is another than the one they stand at', async (t) => {
    t.same(await run('changed'), [])
    putDayFile(root, '2024-12-04', manyBars(20, '12'))
    t.same(await run('changed'), ['2024-12-04 loaded'])
  })
})
