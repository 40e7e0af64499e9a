import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { keptAnswers } from '../../../lib/cli/framework/kept-answers.js'
import { readSettings } from '../../../lib/cli/framework/settings.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { smallFolder } from '../../helpers/small-disk.js'
import { answersContract, type Place } from './contract.js'

const AT = new Date('2026-11-21T12:00:00Z')

const filesIn = (root: string): string[] => (existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path.join(root, name)).isFile()) : [])

async function place(t: Test): Promise<Place & { root: string }> {
  const root = path.join(t.testdir({}), 'raw')
  return {
    root,
    answers: openAnswers(root, {}),
    paths: () => filesIn(root),
    read: async (name) => readFileSync(path.join(root, name)),
    write(name, bytes) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      writeFileSync(path.join(root, name), bytes)
    },
    written: () => filesIn(root).reduce((sum, name) => sum + statSync(path.join(root, name)).ino, 0),
  }
}

await answersContract(t, place)

await t.test('files and folders are for their user alone', async (t) => {
  const { root, answers, paths } = await place(t)
  await answers.put('vendor', AT, Buffer.from('x'))
  t.equal(statSync(path.join(root, paths()[0]!)).mode & 0o777, 0o600)
  for (const folder of ['', 'vendor', 'vendor/2026', 'vendor/2026/11']) t.equal(statSync(path.join(root, folder)).mode & 0o777, 0o700)
})

await t.test('what a writer left that died is cleared away by the next one, what another writes now is not', async (t) => {
  const { root, write, paths } = await place(t)
  write('vendor/2026/11/abc.json.gz.123456.tmp', Buffer.from('cut'))
  write('vendor/2026/11/def.json.gz.123456.tmp', Buffer.from('cut'))
  utimesSync(path.join(root, 'vendor/2026/11/abc.json.gz.123456.tmp'), new Date(), new Date(Date.now() - 2 * 3_600_000))
  await openAnswers(root, {}).put('vendor', AT, Buffer.from('x'))
  t.same(paths().filter((name) => name.endsWith('.tmp')), ['vendor/2026/11/def.json.gz.123456.tmp'])
})

await t.test('a place that cannot be written to is told in one sentence', async (t) => {
  const file = path.join(t.testdir({ file: '' }), 'file')
  const answers = openAnswers(path.join(file, 'raw'), {})
  const expected = { name: 'UsageError', code: 'RAW_UNWRITABLE', message: /^answers cannot be kept in .*\/file\/raw: /, hint: /OHLCV_RAW/ }
  await t.rejects(answers.put('vendor', AT, Buffer.from('x')), expected)
  t.throws(() => openAnswers('ftp://user:secret@host/raw', {}), { code: 'RAW_PLACE', message: 'answers cannot be kept at ftp://' })
})

await t.test('where the disk is full nothing half-written is left', async (t) => {
  const root = smallFolder(t, 64)
  if (root === undefined) {
    t.comment('skipped: it needs the right to mount')
    return
  }
  const answers = openAnswers(root, {})
  const kept = await answers.put('vendor', AT, Buffer.from('small'))
  await t.rejects(answers.put('vendor', AT, randomBytes(200_000)), { code: 'RAW_UNWRITABLE', message: /ENOSPC/ })
  t.same(filesIn(root), [`vendor/2026/11/${kept}.json.gz`])
  t.ok((await answers.get('vendor', AT, kept)).equals(Buffer.from('small')))
})

await t.test('the place is raw below the home folder unless it is set', async (t) => {
  const home = t.testdir({})
  const uri = (env: Record<string, string>) => keptAnswers({ settings: readSettings({}, env), env }).uri
  t.equal(uri({ OHLCV_HOME: home }), path.join(home, 'raw'))
  t.equal(uri({ OHLCV_HOME: home, OHLCV_RAW: '/elsewhere' }), '/elsewhere')
})
