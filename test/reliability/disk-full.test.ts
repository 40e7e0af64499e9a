import t from 'tap'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, wholeState } from '../helpers/load.js'
import { smallDisk } from '../helpers/small-disk.js'

const [FIRST, LAST] = ['2025-01-06', '2025-01-07'] as const
const BARS = manyBars(5000)
const STEP = 1024 ** 2 / 8

const root = t.testdir({})
for (const date of [FIRST, LAST]) putDayFile(root, date, BARS)
const symbols = BARS.map((bar) => bar.split(',')[0]!)

const disk = await smallDisk(t, 64)

await t.test('a disk that fills up fails the date wherever it was, and with room the same command loads everything', { skip: !disk && 'takes root and the right to mount' }, async (t) => {
  if (!disk) return
  const { pool } = await freshDatabase(t, disk.tablespace)
  await registerSymbols(pool, symbols)
  // What a database is copied from takes its place when it is written: a checkpoint that fails, on a disk that is full by then, fails everybody's.
  await pool.query('checkpoint')
  const load = async () => (await loadDates(pool, directorySource(root), FIRST, LAST, { lanes: 1, databaseWait: 1 })).days
  const inLedger = async () => (await pool.query('select from lineage')).rowCount
  const reached = new Set<string>()

  // From a disk that has no room for staging to one that has nearly enough for a date.
  for (let room = STEP; room < 10 * STEP && (await inLedger()) === 0; room += STEP) {
    disk.fill(room)
    const failed = (await load()).filter(({ outcome }) => outcome !== 'loaded')
    disk.clear()
    for (const { outcome, code, message } of failed) {
      t.match({ outcome, code }, { outcome: 'db_failed', code: '53100' }, message ?? '')
      reached.add(/\/t\d+_\d+"/.test(message ?? '') ? 'staging' : 'the merge')
    }
    t.equal((await pool.query('select from ohlcv_daily')).rowCount, BARS.length * ((await inLedger()) ?? 0), `with room for ${room} bytes`)
    // What was rolled back still takes its place.
    await pool.query('vacuum ohlcv_daily')
  }
  t.same([...reached].sort(), ['staging', 'the merge'])
  t.match(await load(), [{ outcome: /loaded|unchanged/ }, { outcome: /loaded|unchanged/ }])

  const { pool: ample } = await freshDatabase(t)
  await registerSymbols(ample, symbols)
  await loadDates(ample, directorySource(root), FIRST, LAST)
  t.same(await wholeState(pool), await wholeState(ample))
})
