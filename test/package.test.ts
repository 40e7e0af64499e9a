import t from 'tap'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PACKAGE_ROOT } from '../lib/domain/version.js'

// What people get by `npm install`. The whole installation, with its packages from the registry, is tried in the CI workflow.

function pack(directory: string): string[] {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], { cwd: PACKAGE_ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }]
  execFileSync('tar', ['-xzf', path.join(directory, filename), '-C', directory])
  return files.map((file) => file.path).sort()
}

const directory = t.testdir({ elsewhere: {} })
const files = pack(directory)

await t.test('the package has the program, the schema, the units, the fixtures and the documents, and nothing else', async (t) => {
  for (const file of ['bin/start.js', 'dist/bin/ohlcv.js', 'README.md', 'LICENSE', 'CHANGELOG.md', '.env.example', 'systemd/ohlcv.timer', 'docs/COMMANDS.md', 'fixtures/universe.csv', 'providers.yaml']) t.ok(files.includes(file), file)
  for (const migration of readdirSync(path.join(PACKAGE_ROOT, 'schema'))) t.ok(files.includes(`schema/${migration}`), migration)
  t.same(files.filter((file) => !/^(dist\/(bin|lib)|schema|systemd|fixtures|docs)\/|^(bin\/start\.js|package\.json|README\.md|LICENSE|CHANGELOG\.md|providers\.yaml|\.env\.example)$/.test(file)), [])
})

await t.test('every compiled file comes from a source file', async (t) => {
  const sources = new Set(['bin', 'lib'].flatMap((top) => readdirSync(path.join(PACKAGE_ROOT, top), { recursive: true, encoding: 'utf8' }).map((name) => path.join(top, name))))
  t.same(files.filter((file) => file.startsWith('dist/') && !file.startsWith('dist/lib/page/assets/') && !['ts', 'tsx'].some((ending) => sources.has(file.slice('dist/'.length).replace(/(js(\.map)?|d\.ts)$/, ending)))), [], 'run npm run build')
})

await t.test('the packed program runs from any directory', async (t) => {
  // The packages it needs are those installed here; that package.json lists them all is knip's to check.
  symlinkSync(path.join(PACKAGE_ROOT, 'node_modules'), path.join(directory, 'node_modules'))
  const run = (...args: string[]) => spawnSync(process.execPath, [path.join(directory, 'package/dist/bin/ohlcv.js'), ...args], { cwd: path.join(directory, 'elsewhere'), encoding: 'utf8' })
  const { version } = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string }
  t.equal(run('--version').stdout.trim(), version)
  const help = run('--help')
  t.equal(help.status, 0, help.stderr)
  t.match(help.stdout, 'ohlcv load')
  const unknown = run('laod')
  t.equal(unknown.status, 2)
  t.match(unknown.stderr, 'load')
})

await t.test('installed globally from a clone that is built, as the README says, the program is found', async (t) => {
  t.match(readFileSync(path.join(PACKAGE_ROOT, 'README.md'), 'utf8'), '`npm ci && npm install -g .`')
  const prefix = t.testdir({})
  // Without its scripts, which would build anew while other tests use what is built.
  execFileSync('npm', ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--offline', '.'], { cwd: PACKAGE_ROOT, stdio: 'ignore' })
  const { status, stdout } = spawnSync(path.join(prefix, 'bin/ohlcv'), ['--version'], { cwd: prefix, encoding: 'utf8' })
  t.equal(status, 0)
  t.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

await t.test('linked from a clone that is not built, the program says what to do', async (t) => {
  const clone = t.testdir({ bin: { 'start.js': readFileSync(path.join(PACKAGE_ROOT, 'bin/start.js'), 'utf8') }, 'package.json': '{"type":"module"}' })
  const { status, stderr } = spawnSync(process.execPath, [path.join(clone, 'bin/start.js'), '--version'], { encoding: 'utf8' })
  t.equal(status, 2)
  t.equal(stderr, `ohlcv: not built yet\n  run first: (cd ${clone}/ && npm ci)\n`)
})

await t.test('where nothing is built and nothing can build it, npm is told what to do first', async (t) => {
  const clone = t.testdir({ scripts: { 'build.js': readFileSync(path.join(PACKAGE_ROOT, 'scripts/build.js'), 'utf8') }, 'package.json': '{"type":"module"}' })
  const build = () => spawnSync(process.execPath, ['scripts/build.js'], { cwd: clone, encoding: 'utf8' })
  t.match(build(), { status: 1, stderr: 'ohlcv is not built, and what builds it is not installed. Run first, in this folder: npm ci\n' })
  mkdirSync(path.join(clone, 'dist/bin'), { recursive: true })
  writeFileSync(path.join(clone, 'dist/bin/ohlcv.js'), '')
  t.match(build(), { status: 0, stderr: '' }, 'what is built stays')
})
