import { spawnSync } from 'node:child_process'
import { openSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { nodeFault } from '../../lib/domain/node-version.js'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { callProgram } from '../helpers/call-program.js'
import { runProgram } from '../helpers/process.js'

const PROGRAM = path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js')
const { PATH = '' } = process.env

/** The modules that the program resolves, with what it printed. */
function trace(directory: string, line: string[]): { stdout: string; modules: string } {
  const run = spawnSync(process.execPath, ['--import', path.join(directory, 'trace.js'), PROGRAM, ...line], { cwd: directory, encoding: 'utf8', env: { PATH } })
  const modules = readFileSync(path.join(directory, 'resolved'), 'utf8')
  rmSync(path.join(directory, 'resolved'))
  return { stdout: run.stdout, modules }
}

await t.test('a command line loads what it needs: --version and --help no database, log or SDK, a calendar no database', async (t) => {
  const hooks = 'import { appendFileSync } from "node:fs"\nexport async function resolve(...a) { const r = await a[2](a[0], a[1]); appendFileSync("resolved", r.url + "\\n"); return r }'
  const directory = t.testdir({ 'package.json': '{"type":"module"}', 'hooks.js': hooks, 'trace.js': 'import { register } from "node:module"\nregister("./hooks.js", import.meta.url)' })
  const unneeded = ['pg', 'pino-pretty', 'csv-parse', '@aws-sdk', 'cli-progress', 'pg-copy-streams']
  const lines: [string[], RegExp, string[]][] = [
    [['--version'], /^\d+\.\d+\.\d+\n$/, ['pino', ...unneeded]],
    [['--help'], /ohlcv load +Load day files/, ['pino', ...unneeded]],
    [['calendar', '--built-in'], /New York Stock Exchange/, unneeded],
  ]
  for (const [line, printed, names] of lines) {
    const { stdout, modules } = trace(directory, line)
    t.match(stdout, printed)
    t.match(modules, '/node_modules/yargs/', 'the trace sees modules')
    for (const name of names) t.notMatch(modules, `/node_modules/${name}/`, `${line.join(' ')} loads ${name}`)
  }
})

await t.test('a Node that is too old is told so before anything is loaded that it cannot load', async (t) => {
  t.equal(nodeFault('18.20.8'), 'needs Node 20.19 or newer, this is 18.20.8')
  for (const old of ['20.10.0', '20.18.3', '16.0.0']) t.match(nodeFault(old), old)
  for (const fit of ['20.19.0', '22.12.0', '24.1.0', '100.0.0']) t.equal(nodeFault(fit), undefined, fit)
  const { engines } = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { engines: { node: string } }
  t.equal(nodeFault(engines.node.replace('>=', '')), undefined)
  const importsOf = (file: string) => [...readFileSync(path.join(PACKAGE_ROOT, 'dist', file), 'utf8').matchAll(/^(?:import|export) .*from '(.+)'/gm)].map(([, name = '']) => name)
  const first = importsOf('bin/ohlcv.js')
  t.same(first, ['../lib/cli/framework/exit.js', '../lib/domain/node-version.js'])
  const reached = new Set(first.map((file) => path.join('bin', file)))
  for (const file of reached) for (const name of importsOf(file)) reached.add(name.startsWith('.') ? path.join(path.dirname(file), name) : name)
  t.same([...reached], ['lib/cli/framework/exit.js', 'lib/domain/node-version.js', 'lib/domain/outcome.js'], 'and nothing of a package')
})

await t.test('output that cannot be written is one sentence and exit 1; a command that fails keeps its exit code', { skip: readdirSync('/dev').includes('full') ? false : 'no /dev/full here' }, async (t) => {
  const intoFull = (...line: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...line], { cwd: PACKAGE_ROOT, encoding: 'utf8', env: { PATH }, stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
    return [status, stderr]
  }
  const said = 'ohlcv: the output cannot be written: ENOSPC: no space left on device, write\n'
  t.same(intoFull('--help'), [1, said])
  t.same(intoFull('calendar', '--built-in'), [1, said])
  t.same(intoFull('load', '--nonsense', '--json'), [2, said])
})

await t.test('a reader that has seen enough is no error', async (t) => {
  const script = '{ "$@" calendar --built-in --start 1990-01-01 --end 2020-12-31 --csv; echo $? >&2; } | head -1'
  const { stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', process.execPath, PROGRAM], { cwd: PACKAGE_ROOT, encoding: 'utf8', env: { PATH } })
  t.equal(stderr, '0\n')
})

await t.test('what a command line gets wrong inside a command is told with what that command has', async (t) => {
  const said = async (...line: string[]) => (await callProgram(line, {})).stderr
  t.equal(await said('calendar', 'nex'), 'ohlcv: there is no "nex" here\n  did you mean next?\n')
  t.match(await said('universe'), /^ohlcv: universe needs a command\n {2}commands are: import, .*\n$/)
  t.equal(await said('load', '--only', 'faild'), 'ohlcv: --only cannot be "faild"\n  did you mean failed? It is one of: unloaded, failed, incomplete, changed\n')
  t.equal(await said('load', '--start'), 'ohlcv: --start needs a value\n  the same with --help tells what there is\n')
})

await t.test('rejects --reason takes the reasons there are', async (t) => {
  const { code, stderr } = await callProgram(['rejects', '--reason', 'nonsense'], {})
  t.equal(code, 2)
  t.match(stderr, /^ohlcv: --reason cannot be "nonsense"\n {2}it is one of: malformed, .*, wrong_date, .*, duplicate\n$/)
})

await t.test('a .env that cannot be read is told in one sentence', async (t) => {
  const { code, stderr } = await runProgram(t, ['calendar', '--built-in'], {}, { cwd: t.testdir({ '.env': {} }) })
  t.equal(code, 2)
  t.match(stderr, /^ohlcv: the file \.env of the current directory cannot be read: .*\n$/)
})
