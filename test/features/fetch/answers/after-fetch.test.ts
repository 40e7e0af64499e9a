import t from 'tap'
import { TIMESPANS } from '../../../../lib/datasets/timespans.js'
import { callProgram } from '../../../helpers/call-program.js'
import { linesOf } from '../../../helpers/content.js'
import { empty, freshDatabase } from '../../../helpers/database.js'
import { putDayFile, registerSymbols } from '../../../helpers/load.js'
import { startRestServer } from '../../../helpers/rest-server.js'

const { pool, url } = await freshDatabase(t)
const securities = Object.fromEntries(['AAA', 'BBB', 'CCC'].map((symbol) => [symbol, {}]))
// The same symbols at two vendors' servers, with other prices: as if one had changed its mind.
const servers = [await startRestServer({ seed: 1, securities }), await startRestServer({ seed: 2, securities })] as const
t.teardown(() => Promise.all(servers.map((server) => server.close())))

/** Every stored bar of every table, as it is; without its fetch where only its values matter. */
async function bars(withFetch: boolean): Promise<Record<string, string[]>> {
  const tables = TIMESPANS.map(async ({ name, table }) => [name, await linesOf(pool, `select (to_jsonb(b) - $$created_at$$${withFetch ? '' : ' - $$fetch_id$$'})::text from ${table} b`)] as const)
  return Object.fromEntries(await Promise.all(tables))
}

async function program(home: string, server: (typeof servers)[number], ...line: string[]): Promise<string> {
  const { code, stdout, stderr } = await callProgram(line, { DATABASE_URL: url, OHLCV_HOME: home, ...server.env })
  if (code !== 0) throw new Error(`${line.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

interface Replayed { timespans: Record<'inserted' | 'updated' | 'removed' | 'answers', number>[] }

async function replay(home: string, ...flags: string[]): Promise<{ changed: number; answers: number }> {
  const { timespans } = JSON.parse(await program(home, servers[0], 'fetches', 'replay', '--json', ...flags)) as Replayed
  const sum = (names: (keyof Replayed['timespans'][number])[]) => timespans.reduce((all, counts) => all + names.reduce((part, name) => part + counts[name], 0), 0)
  return { changed: sum(['inserted', 'updated', 'removed']), answers: sum(['answers']) }
}

await t.test('after any fetch a replay changes nothing, and it brings everything back that was fetched', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['AAA', 'BBB', 'CCC'])
  const home = t.testdir({ files: {} })
  const [one, other] = servers
  const steps: [(typeof servers)[number], string][] = [
    [one, 'fetch --symbols AAA,BBB --timespan day,week --start 2025-01-06 --end 2025-01-14'],
    [other, 'fetch --grouped --start 2025-01-06 --end 2025-01-08'],
    [one, 'fetch --symbols AAA --timespan day --start 2025-01-06 --end 2025-01-10'],
    [one, 'load --date 2025-01-08'],
    [other, 'fetch --symbols BBB --timespan hour,month --start 2025-01-07 --end 2025-01-13'],
    [one, 'universe rename AAA NEW --on 2025-01-10'],
    [other, 'fetch --symbols BBB,CCC --timespan day,week --start 2025-01-08 --end 2025-01-14'],
    [one, 'fetch --grouped --start 2025-01-07 --end 2025-01-13'],
    [other, 'fetch --symbols BBB,CCC --timespan day,week --start 2025-01-08 --end 2025-01-14'],
  ]
  putDayFile(`${home}/files`, '2025-01-08', ['AAA,10,11,9,10,100,5', 'BBB,10,11,9,10,100,5'])
  for (const [server, line] of steps) {
    await program(home, server, ...line.split(' '), ...(line.startsWith('load') ? ['--source', `${home}/files`] : []))
    const before = await bars(true)
    t.equal((await replay(home)).changed, 0, line)
    t.same(await bars(true), before)
  }
  const whole = await bars(false)
  t.same(Object.values(whole).map(({ length }) => length > 0), [true, true, true, true, false])
  for (const damage of [
    'delete from ohlcv_daily where filled_by is not null; truncate ohlcv_hourly, ohlcv_weekly, ohlcv_monthly',
    `update ohlcv_daily set close = close + 1, high = high + 1 where filled_by is not null; update ohlcv_hourly set regular = not regular; update ohlcv_monthly set volume = 0; delete from ohlcv_weekly where symbol_id % 2 = 0`,
  ]) {
    await pool.query(damage)
    t.ok((await replay(home)).changed > 0)
    t.same(await bars(false), whole)
  }
})

await t.test('fetched again with other values, and taken back: the first answers stand again; pruned ones leave the bars alone', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['AAA', 'BBB'])
  const home = t.testdir({})
  const request = ['fetch', '--provider', 'massive', '--symbols', 'AAA,BBB', '--timespan', 'day,week', '--start', '2025-01-06', '--end', '2025-01-14']
  await program(home, servers[0], ...request, '--job', 'first')
  const first = await bars(false)
  await program(home, servers[1], ...request, '--job', 'second')
  const second = await bars(false)
  t.notSame(second['day'], first['day'])
  const refused = await callProgram(['fills', 'remove', '--job', 'second'], { DATABASE_URL: url, OHLCV_HOME: home })
  t.match(refused, { code: 2, stderr: /this takes back 12 filled bars of 2 requests by job second: .*\n.*--yes/ })
  t.same(await bars(false), second)
  const said = await program(home, servers[0], 'fills', 'remove', '--job', 'second', '--yes')
  t.match(said, 'Took back 12 filled bars of 2 requests by job second.')
  t.same((await bars(false))['day'], first['day'])
  t.same((await bars(false))['week'], second['week'], 'of weeks nothing was filled in')
  t.equal((await replay(home)).changed, 0)
  t.match(await program(home, servers[0], 'fetches', 'prune', '--older-than', '0'), /^Gave up the answers of 8 requests .*: 8 bodies\.\n$/)
  const kept = await bars(true)
  t.match(await replay(home), { changed: 0, answers: 0 })
  t.same(await bars(true), kept)
})

await t.test('what was taken back is fetched again, also where the older answer that gave the same is no longer kept', async (t) => {
  await empty(pool)
  await registerSymbols(pool, ['AAA'])
  const home = t.testdir({})
  const request = ['fetch', '--provider', 'massive', '--symbols', 'AAA', '--timespan', 'day', '--start', '2025-01-06', '--end', '2025-01-08']
  await program(home, servers[0], ...request, '--job', 'first')
  const first = await bars(false)
  await program(home, servers[0], 'fetches', 'prune', '--older-than', '0')
  await program(home, servers[1], ...request, '--job', 'second')
  await program(home, servers[0], 'fills', 'remove', '--job', 'second', '--yes')
  t.same((await bars(false))['day'], [], 'there is nothing that could stand again')
  await program(home, servers[0], ...request, '--job', 'third')
  t.same(await bars(false), first)
})

await t.test('a week that two requests share is of the later one, also where that says what it said before', async (t) => {
  const [one, other] = servers
  await empty(pool)
  await registerSymbols(pool, ['AAA'])
  const home = t.testdir({})
  await program(home, one, ...'universe rename AAA BBB --on 2025-01-08'.split(' '))
  for (const [server, what] of [
    [one, 'BBB --start 2025-01-06 --end 2025-01-10'], [one, 'AAA --start 2025-01-06 --end 2025-01-07'],
    [other, 'BBB --start 2025-01-09 --end 2025-01-10'], [one, 'BBB --start 2025-01-06 --end 2025-01-10'],
  ] as const) {
    await program(home, server, ...`fetch --timespan week,month --symbols ${what}`.split(' '))
    t.equal((await replay(home, '--dry-run')).changed, 0, what)
  }
})
