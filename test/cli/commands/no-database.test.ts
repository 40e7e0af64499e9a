import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { embeddedHome } from '../../helpers/embedded-home.js'
import { callProgram } from '../../helpers/call-program.js'

/** A command in an empty folder that is no checkout; and what is in the folder afterwards. */
async function inEmptyFolder(t: Test, line: string[], files: Record<string, string> = {}) {
  const cwd = path.dirname(embeddedHome(t))
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text)
  const { code, stdout } = await callProgram([...line, '--json'], {}, { cwd })
  const document = JSON.parse(stdout) as Record<string, unknown>
  return { code, document, left: readdirSync(cwd).filter((name) => !(name in files)), cwd }
}

const READING: string[][] = [
  ['bars', 'AAPL'], ['status'], ['status', '--symbol', 'AAPL'], ['status', '--date', '2017-03-31'], ['runs'], ['runs', '1'], ['rejects'], ['revisions'], ['verify'],
  ['universe', 'list'], ['universe', 'history', 'AAPL'], ['sql', 'select 1'], ['db', 'reset', '--yes'], ['calendar', 'close', '2026-11-24', '--reason', 'x'],
  ['fetches'], ['fetches', 'show', '1'], ['fetches', 'replay'], ['fetches', 'prune', '--older-than', '1'], ['fills'], ['fills', 'remove', '--job', 'x'], ['fetch', '--status', 'x'], ['fetch', '--resume', 'x'],
]

for (const line of READING) {
  await t.test(`where there is no database, \`${line.join(' ')}\` says so and makes none`, async (t) => {
    const { code, document, left, cwd } = await inEmptyFolder(t, line)
    t.equal(code, 2)
    t.match(document, { error: { code: 'DATABASE_NONE', message: `none has been made in ${cwd}/.ohlcv`, hint: /ohlcv db up; .*DATABASE_URL/ } })
    t.same(left, [])
  })
}

await t.test('a fetch that its flags alone show to be wrong makes none', async (t) => {
  for (const [line, code] of [
    ['fetch', 'DATES_UNCLEAR'], ['fetch --days 2', 'SYMBOLS_MISSING'], ['fetch --days 2 --symbols SPY --timespan second', 'REQUEST_INVALID'], ['fetch --days 2 --symbols SPY --job a/b', 'JOB_ID_INVALID'],
    ['fetch --resume x --days 2', 'FETCH_RESUME'], ['fetch --resume x --provider massive', 'FETCH_RESUME'], ['fetch --status x --grouped', 'FETCH_RESUME'],
  ] as const) {
    t.match(await inEmptyFolder(t, line.split(' ')), { code: 2, document: { error: { code } }, left: [] }, line)
  }
})

await t.test('doctor counts it among what is wrong, db info tells it, and calendars need none', async (t) => {
  const doctor = await inEmptyFolder(t, ['doctor'])
  t.equal(doctor.code, 2)
  t.match((doctor.document['checks'] as { name: string }[]).find(({ name }) => name === 'database'), { state: 'failed', message: /no database yet/, hint: /ohlcv db up/ })
  const info = await inEmptyFolder(t, ['db', 'info'])
  t.match(info, { code: 0, document: { exists: false, folder: `${info.cwd}/.ohlcv` } })
  const isOpen = await inEmptyFolder(t, ['calendar', 'is-open', '2026-11-24'])
  t.equal(isOpen.code, 0)
  for (const { left } of [doctor, info, isOpen]) t.same(left, [])
})

await t.test('commands that put something in make one', async (t) => {
  const universe = { 'universe.csv': 'symbol\nAAPL\n' }
  const made = await inEmptyFolder(t, ['universe', 'import', 'universe.csv'], universe)
  t.equal(made.code, 0)
  t.ok(existsSync(path.join(made.cwd, '.ohlcv', 'data', 'PG_VERSION')))
  // That one is made takes a second; that it would be is as well seen where it cannot.
  const inTheWay = { ...universe, '.ohlcv': 'no folder' }
  for (const line of [
    ['load', '--date', '2017-03-31', '--file', 'universe.csv'], ['universe', 'import', 'universe.csv'], ['universe', 'discover', '--source', '.'], ['universe', 'rename', 'A', 'B', '--on', '2017-03-31'],
  ]) {
    const { document } = await inEmptyFolder(t, line, inTheWay)
    t.match(document, { error: { code: 'EMBEDDED_HOME', message: /^the embedded PostgreSQL cannot keep its files in .*\.ohlcv: / } }, line.join(' '))
  }
})
