import t from 'tap'
import { importWorld } from '../../../helpers/imports.js'

const world = await importWorld(t)
const { pool, run } = world

await t.test('an old table fills in as the provider legacy, its columns found by name in any order', async (t) => {
  await world.afresh(['AAA', 'BBB'])
  await pool.query(`
    create table old.ohlcv (adj_close text, "Close" text, low text, high text, open text, "VOLUME" bigint, "Date" date, ticker text, id serial);
    insert into old.ohlcv values
      ('1', '11.123456789012345678', '9.5', '12', '10.10', 1000, '2025-01-06', 'AAA'), ('1', '11', '9', '12', '10', 2000, '2025-01-07', 'AAA'),
      ('1', '5', '5', '5', '5', 0, '2025-01-06', 'BBB')`)
  const { json, text, exitCode } = await run('import legacy --table old.ohlcv')
  console.log(text, JSON.stringify(json, null, 1))
  t.equal(exitCode, 0)
  t.same(await world.bars(), [])
})
