import t from 'tap'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PACKAGE_ROOT } from '../lib/domain/version.js'


/** The commands that make would run for a target, the installation and the build taken as done. */
function plan(target: string, variables: Record<string, string> = {}) {
  const { PATH, HOME } = process.env
  // The program is replaced by one that prints its arguments, so that the shell's own logic runs.
  const { status, stdout, stderr } = spawnSync('make', ['--no-print-directory', '-o', 'build', target, 'OHLCV=printf "%s\\n" "--"'], {
    // SOURCE is set, so that a developer's .env does not matter.
    cwd: PACKAGE_ROOT, encoding: 'utf8', env: { PATH, HOME, ...('OHLCV_SOURCE' in variables ? {} : { SOURCE: '' }), ...variables },
  })
  const calls = stdout.split('--\n').slice(1).map((call) => call.trimEnd().split('\n'))
  return { status, calls, stderr }
}

const FIXTURES = ['load', '--source', 'fixtures/us_stocks_sip']

await t.test('hydrate without a source imports the fixtures\' universe and loads all their dates', async (t) => {
  t.same(plan('hydrate').calls, [['db', 'up'], ['universe', 'import', 'fixtures/universe.csv'], [...FIXTURES, '--start', '2026-02-12', '--end', '2026-03-09']])
})

await t.test('hydrate with a source leaves the universe alone and loads what was asked for', async (t) => {
  const SOURCE = 's3://bucket/with space'
  t.same(plan('hydrate', { SOURCE }).calls, [['db', 'up'], ['load', '--source', SOURCE, '--days', '252']])
  t.same(plan('hydrate', { SOURCE, DAYS: '5' }).calls[1], ['load', '--source', SOURCE, '--days', '5'])
  t.same(plan('hydrate', { SOURCE, START: '2025-01-02', END: '2025-02-03' }).calls[1], ['load', '--source', SOURCE, '--start', '2025-01-02', '--end', '2025-02-03'])
  t.same(plan('hydrate', { OHLCV_SOURCE: SOURCE }).calls[1], ['load', '--source', SOURCE, '--days', '252'], 'the program\'s own setting counts')
})

await t.test('serve and demo serve, at another port where one is given', async (t) => {
  t.same([plan('serve').calls, plan('demo').calls], [[['serve']], [['serve', '--demo']]])
  t.same(plan('serve', { PORT: '9000' }).calls, [['serve', '--port', '9000']])
})

await t.test('daily loads the last sessions, or the last date of the fixtures', async (t) => {
  t.same(plan('daily').calls, [[...FIXTURES, '--start', '2026-03-09', '--end', '2026-03-09']])
  t.same(plan('daily', { SOURCE: '/data' }).calls, [['load', '--source', '/data', '--days', '10']])
  t.same(plan('daily', { SOURCE: '/data', DAYS: '3' }).calls, [['load', '--source', '/data', '--days', '3']])
})

await t.test('backfill needs its dates, and says so', async (t) => {
  t.same(plan('backfill', { START: '2026-02-17', END: '2026-02-20' }).calls, [[...FIXTURES, '--start', '2026-02-17', '--end', '2026-02-20']])
  const { status, calls, stderr } = plan('backfill', { END: '2026-02-17' })
  t.not(status, 0)
  t.same(calls, [])
  t.match(stderr, 'make backfill START=2026-02-17 END=2026-02-27')
})

await t.test('fetch needs its symbols, and takes two days unless told otherwise', async (t) => {
  t.same(plan('fetch', { SYMBOLS: 'SCHG,VUG' }).calls, [['fetch', '--symbols', 'SCHG,VUG', '--days', '2']])
  t.same(plan('fetch', { SYMBOLS: 'all', DAYS: '90' }).calls, [['fetch', '--symbols', 'all', '--days', '90']])
  t.same(plan('fetch', { SYMBOLS: 'SPY', START: '2021-01-19', END: '2026-01-19' }).calls, [['fetch', '--symbols', 'SPY', '--start', '2021-01-19', '--end', '2026-01-19']])
  t.same(plan('fetch', { SYMBOLS: 'SPY', START: '2021-01-19' }).calls, [['fetch', '--symbols', 'SPY', '--start', '2021-01-19']])
  t.match(plan('fetch'), { status: 2, calls: [], stderr: /make fetch SYMBOLS=SCHG,VUG DAYS=2/ })
})

await t.test('sync takes the last days, or symbols over a range', async (t) => {
  t.same(plan('sync').calls, [['sync']])
  t.same(plan('sync', { SOURCE: '/with space', DAYS: '30' }).calls, [['sync', '--source', '/with space', '--days', '30']])
  t.same(plan('sync', { SYMBOLS: 'AAPL', START: '2026-01-01', END: '2026-01-19' }).calls, [['sync', '--symbol', 'AAPL', '--start', '2026-01-01', '--end', '2026-01-19']])
  t.match(plan('sync', { SYMBOLS: 'AAPL' }), { status: 2, calls: [], stderr: /START.*is missing/ })
})

await t.test('quality, gaps and the report look at the dates given, or the last ones', async (t) => {
  for (const target of ['quality', 'gaps']) {
    t.same(plan(target).calls, [[target, '--start', '2026-02-12', '--end', '2026-03-09']])
    t.same(plan(target, { SOURCE: '/data' }).calls, [[target, '--days', '20']])
    t.same(plan(target, { SOURCE: '/data', START: '2025-01-02', END: '2025-02-03' }).calls, [[target, '--start', '2025-01-02', '--end', '2025-02-03']])
  }
  t.same(plan('report').calls, [['report']])
  t.same(plan('report', { START: '2025-01-02', HTML: 'a b.html' }).calls, [['report', '--start', '2025-01-02', '--html', 'a b.html']])
})

await t.test('a start without an end goes on to the latest session, or the last date of the fixtures', async (t) => {
  for (const target of ['backfill', 'hydrate']) {
    t.same(plan(target, { START: '2026-02-17' }).calls.at(-1), [...FIXTURES, '--start', '2026-02-17', '--end', '2026-03-09'])
    t.same(plan(target, { START: '2026-02-17', SOURCE: '/data' }).calls.at(-1), ['load', '--source', '/data', '--start', '2026-02-17'])
  }
  t.match(plan('hydrate', { END: '2026-02-17' }), { status: 2, stderr: /START.*is missing/ })
})

await t.test('a Node that is too old installs nothing', async (t) => {
  const install = (version: string) => {
    // Node itself, saying another version; and an npm that only says it was asked.
    const bin = t.testdir({ 'old.cjs': `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`, npm: '#!/bin/sh\necho npm "$@"\nexit 9\n' })
    writeFileSync(path.join(bin, 'node'), `#!/bin/sh\nexec '${process.execPath}' -r '${bin}/old.cjs' "$@"\n`)
    for (const name of ['npm', 'node']) chmodSync(path.join(bin, name), 0o755)
    return spawnSync('make', ['--no-print-directory', '-W', 'package.json', 'install'], { cwd: PACKAGE_ROOT, encoding: 'utf8', env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } })
  }
  for (const old of ['18.20.8', '20.10.0']) {
    const { stdout, stderr } = install(old)
    t.equal(stdout, '')
    t.match(stderr, `make: ohlcv needs Node 20.19 or newer, this is ${old}`)
  }
  for (const fit of ['20.19.0', '24.0.0']) t.match(install(fit).stdout, 'npm ci')
})

await t.test('a source name with shell syntax stays a name', async (t) => {
  t.same(plan('daily', { SOURCE: '/data/$$(touch x); "y"' }).calls.at(0)?.slice(0, 2), ['load', '--source'])
  t.equal(plan('daily', { SOURCE: '/da\'ta; echo "hi"' }).calls.at(0)?.[2], '/da\'ta; echo "hi"')
})

await t.test('make alone lists what there is', async (t) => {
  const { stdout, status } = spawnSync('make', ['--no-print-directory'], { cwd: PACKAGE_ROOT, encoding: 'utf8' })
  t.equal(status, 0)
  for (const target of ['hydrate', 'daily', 'backfill', 'sync', 'fetch', 'quality', 'gaps', 'report', 'test', 'lint']) t.match(stdout, new RegExp(`make ${target} +\\w`))
})

await t.test('a clone is built once, by the installation, and again where a file of the program has changed', async (t) => {
  const clone = t.testdir({ 'package.json': '{}', 'package-lock.json': '{}', 'tsconfig.json': '', 'tsconfig.build.json': '', scripts: { 'build.js': '' }, bin: { 'ohlcv.ts': '' }, lib: { page: { 'app.tsx': '', 'page.css': '' } }, stub: { npm: '' } })
  copyFileSync(path.join(PACKAGE_ROOT, 'Makefile'), path.join(clone, 'Makefile'))
  // npm builds where it installs, and writes down what it was asked.
  writeFileSync(path.join(clone, 'stub/npm'), '#!/bin/sh\necho "$1" >> npm.log\nmkdir -p node_modules dist/bin\ntouch node_modules/.package-lock.json dist/bin/ohlcv.js\n')
  chmodSync(path.join(clone, 'stub/npm'), 0o755)
  const asked = () => {
    const { status } = spawnSync('make', ['build'], { cwd: clone, env: { ...process.env, PATH: `${clone}/stub:${process.env['PATH']}` } })
    const log = path.join(clone, 'npm.log')
    const said = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []
    rmSync(log, { force: true })
    return [status, said]
  }
  t.same(asked(), [0, ['ci']])
  t.same(asked(), [0, []])
  for (const name of ['lib/page/app.tsx', 'lib/page/page.css']) {
    const later = new Date(Date.now() + 1000)
    utimesSync(path.join(clone, name), later, later)
    t.same(asked(), [0, ['run']], name)
    utimesSync(path.join(clone, name), new Date(0), new Date(0))
  }
})
