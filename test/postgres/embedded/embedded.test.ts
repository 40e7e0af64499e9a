import { appendFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { isServing, openEmbedded } from '../../../lib/postgres/embedded/embedded.js'
import { readPostmaster } from '../../../lib/postgres/embedded/cluster.js'
import { keepRunning, removeEmbedded, stopEmbedded } from '../../../lib/postgres/embedded/control.js'
import { findPlace } from '../../../lib/postgres/embedded/place.js'
import { ask, embeddedHome, prepared, quietly } from '../../helpers/embedded-home.js'

await t.test('a server that two make at once is made once, shared, stopped by the last one out, and what was stored is there again', async (t) => {
  const home = embeddedHome(t)
  const [first, second] = await Promise.all([openEmbedded(quietly(home)), openEmbedded(quietly(home))])
  t.equal(await ask(first, 'select current_database() as answer'), 'ohlcv')
  t.equal(await ask(first, `select current_setting('server_encoding') || ' ' || datlocale as answer from pg_database where datname = 'ohlcv'`), 'UTF8 C.UTF-8')
  await ask(first, 'create table kept as select 42 as answer')
  const third = await openEmbedded(quietly(home))
  for (const { place } of [second, third]) t.equal(readPostmaster(place)?.pid, readPostmaster(first.place)?.pid, 'the same server')
  t.equal(await first.release(), 'in_use')
  t.equal(await ask(second, 'select answer from kept'), 42)
  t.equal(await second.release(), 'in_use')
  t.equal(await ask(third, 'select answer from kept'), 42)
  t.equal(await third.release(), 'stopped')
  t.notOk(readPostmaster(second.place), 'it has gone')
  t.same(readdirSync(path.join(second.place.base, 'run')), [], 'and its socket')
  const again = await openEmbedded(quietly(home))
  t.equal(await ask(again, 'select answer from kept'), 42)
  t.equal(await again.release(), 'stopped')
  const files = readdirSync(again.place.base).filter((name) => !name.startsWith('postgresql-'))
  t.same(files.sort(), ['.gitignore', 'data', 'run', 'server.log'], 'nothing half done is left')
})

await t.test('commands that come and go at once get along', async (t) => {
  const home = await prepared(embeddedHome(t))
  const lefts = await Promise.all(Array.from({ length: 3 }, async () => {
    const seen = []
    for (let visit = 0; visit < 2; visit++) {
      const server = await openEmbedded(quietly(home))
      t.equal(await ask(server, 'select 1 as answer'), 1)
      seen.push(await server.release())
    }
    return seen
  }))
  t.ok(lefts.flat().includes('stopped'))
  t.notOk(await isServing(findPlace(home)), 'nothing runs afterwards')
})

await t.test('db start leaves the server running until db stop, which waits for other commands', async (t) => {
  const home = await prepared(embeddedHome(t))
  const place = await keepRunning(quietly(home))
  t.equal(await isServing(place), true)
  const command = await openEmbedded(quietly(home))
  t.equal(await command.release(), 'kept')
  const another = await openEmbedded(quietly(home))
  t.equal(await stopEmbedded(quietly(home)), 'in_use')
  t.equal(await another.release(), 'stopped', 'by the last one out, since it is not to be kept any more')
  t.equal(await stopEmbedded(quietly(home)), 'not_running')
})

await t.test('a database in use is not removed; one that cannot be started is', async (t) => {
  const home = await prepared(embeddedHome(t))
  const server = await openEmbedded(quietly(home))
  await t.rejects(removeEmbedded(quietly(home)), { name: 'UsageError', code: 'EMBEDDED_IN_USE' })
  await server.release()
  writeFileSync(path.join(server.place.data, 'PG_VERSION'), '9\n')
  await t.rejects(openEmbedded(quietly(home)), { name: 'UsageError', code: 'EMBEDDED_VERSION', message: /was made by PostgreSQL 9/, hint: /db reset --yes/ })
  await removeEmbedded(quietly(home))
  t.notOk(existsSync(server.place.data))
  await removeEmbedded(quietly(home))
  t.pass('where there is none, there is nothing to do')
})

await t.test('a path longer than a socket\'s may be, with odd characters in it', async (t) => {
  const home = path.join(embeddedHome(t), 'a'.repeat(120), `it's (a), ü`)
  mkdirSync(path.dirname(path.dirname(home)), { mode: 0o755 })
  mkdirSync(path.dirname(home), { mode: 0o755 })
  const server = await openEmbedded(quietly(await prepared(home)))
  t.equal(await ask(server, 'select 1 as answer'), 1)
  t.equal(await server.release(), 'stopped')
})

await t.test('the files of a server are replaced whole: another process may be reading them to start it', async (t) => {
  const home = await prepared(embeddedHome(t))
  const server = await openEmbedded(quietly(home))
  await server.release()
  const read = (name: string) => readFileSync(path.join(server.place.data, name), 'utf8')
  for (const name of ['pg_hba.conf', 'postgresql.conf']) {
    appendFileSync(path.join(server.place.data, name), '# what is being read\n')
    linkSync(path.join(server.place.data, name), path.join(server.place.data, `${name}.read`))
  }
  const again = await openEmbedded(quietly(home))
  for (const name of ['pg_hba.conf', 'postgresql.conf']) {
    t.match(read(`${name}.read`), '# what is being read', `${name} as the reader has it`)
    t.notMatch(read(name), '# what is being read')
  }
  t.equal(await again.release(), 'stopped')
})

await t.test('what an earlier folder of the same name left is taken up, and said', { skip: process.geteuid?.() !== 0 && 'needs root' }, async (t) => {
  const closed = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  t.teardown(() => rmSync(closed, { recursive: true, force: true }))
  const home = await prepared(path.join(closed, '.ohlcv'))
  const first = await openEmbedded(quietly(home))
  t.teardown(() => rmSync(first.place.base, { recursive: true, force: true }))
  await ask(first, 'create table kept as select 42 as answer')
  await first.release()
  rmSync(home, { recursive: true })
  const said: string[] = []
  const log = pino({ base: null }, { write: (line: string) => void said.push(line) })
  const second = await openEmbedded({ ...quietly(home), log })
  t.equal(await ask(second, 'select answer from kept'), 42)
  t.match(said.join(''), /taking up the embedded PostgreSQL that an earlier folder of this name left/)
  await second.release()
})
