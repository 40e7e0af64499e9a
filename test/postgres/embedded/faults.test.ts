import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { type EmbeddedServer, isServing, openEmbedded } from '../../../lib/postgres/embedded/embedded.js'
import { readPostmaster } from '../../../lib/postgres/embedded/cluster.js'
import { keepRunning } from '../../../lib/postgres/embedded/control.js'
import { ask, embeddedHome, prepared, quietly } from '../../helpers/embedded-home.js'
import { until } from '../../helpers/until.js'

function postmasterOf({ place }: EmbeddedServer): number {
  const pid = readPostmaster(place)?.pid
  // A kill of process 0 would be one of the test itself.
  if (!pid) throw new Error(`no server runs in ${place.base}`)
  return pid
}

/** Every process of a server: the postmaster and its children. */
function processesOf(postmaster: number): number[] {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').match(/\d+/g) ?? []
  return [postmaster, ...children.map(Number)]
}

await t.test('a server that dies under a command is started again', async (t) => {
  const home = await prepared(embeddedHome(t))
  const server = await openEmbedded(quietly(home))
  const before = postmasterOf(server)
  process.kill(before, 'SIGKILL')
  let answer: unknown
  while (answer === undefined) answer = await ask(server, 'select 1 as answer').catch(() => undefined)
  await until(async () => readPostmaster(server.place)?.pid !== before && (await isServing(server.place)))
  t.not(readPostmaster(server.place)?.pid, before)
  t.equal(await server.release(), 'stopped', 'and the command still is the last one out')
})

await t.test('the remains of a killed server do not keep the next from starting', { skip: !existsSync('/proc/self/cwd') }, async (t) => {
  const home = await prepared(embeddedHome(t))
  const server = await openEmbedded(quietly(home))
  await keepRunning(quietly(home))
  await server.release()
  const postmaster = postmasterOf(server)
  for (const pid of processesOf(postmaster)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      // A child that saw its postmaster gone has ended by itself.
      t.match(error, { code: 'ESRCH' })
    }
  }
  t.ok(readPostmaster(server.place), 'its lock file is still there')
  const next = await openEmbedded(quietly(home))
  t.equal(await ask(next, 'select 1 as answer'), 1)
  t.equal(await next.stop(), true)

  // The process id may be another program's by then, for instance after a container's restart.
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore', ...(server.place.user && { uid: server.place.user.uid, gid: server.place.user.gid }), cwd: '/' })
  t.teardown(() => stranger.kill())
  await once(stranger, 'spawn')
  for (const lock of [path.join(server.place.data, 'postmaster.pid'), path.join(server.place.base, 'run', '.s.PGSQL.5432.lock')]) {
    writeFileSync(lock, `${stranger.pid}\n${server.place.data}\n1700000000\n5432\n${path.join(server.place.base, 'run')}\n\n  1 1\nready\n`, { mode: 0o600 })
    if (server.place.user) chownSync(lock, server.place.user.uid, server.place.user.gid)
  }
  await keepRunning(quietly(home))
  const last = await openEmbedded(quietly(home))
  t.equal(await ask(last, 'select 1 as answer'), 1)
  t.equal(stranger.exitCode, null, 'the stranger was left alone')
  t.equal(await last.stop(), true)
})

await t.test('a server that does not start says why, with its last words', async (t) => {
  const home = await prepared(embeddedHome(t))
  const server = await openEmbedded(quietly(home))
  await server.release()
  appendFileSync(path.join(server.place.data, 'postgresql.auto.conf'), 'no_such_setting = 1\n')
  await t.rejects(openEmbedded(quietly(home)), { name: 'UsageError', code: 'EMBEDDED_START', message: /no_such_setting/, hint: /server\.log/ })
})

await t.test('a signal ends the wait for a start', async (t) => {
  const abort = new AbortController()
  abort.abort(new Error('stopped'))
  await t.rejects(openEmbedded(quietly(embeddedHome(t), abort.signal)), { message: 'stopped' })
})
