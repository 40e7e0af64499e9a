// Every check there is, those without tests first, and what came of them: `npm test`. The tests themselves count by assertion,
// each other check as one. The last line, also kept in .tap/summary.txt, is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { testProcesses } from './test-processes.js'

const RESULTS = '.tap/results.tap'
const SUMMARY = '.tap/summary.txt'

/** @type {[name: string, command: string, args: string[]][]} */
const CHECKS = [
  // Everything at once: tests run as compiled, since a compiler in each of their processes takes longer than most of them.
  ['types and build', process.execPath, ['scripts/build.js', '--tests']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['unused code', 'knip', ['--no-progress']],
]

let passed = 0
let failed = 0

async function run(command, args) {
  // npm puts node_modules/.bin on the path.
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  child.on('error', (error) => console.error(`${command}: ${error.message}`))
  const [status] = await once(child, 'close')
  return status === 0
}

function count(name, ok) {
  if (ok) passed++
  else failed++
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`)
}

/** Runs the tests while their server is up: else it would stop and start again whenever no test file happens to use it. */
async function test() {
  const tap = () => run('tap', ['--reporter=terse', `--output-file=${RESULTS}`, ...testProcesses()])
  if (process.env.OHLCV_TEST_DATABASE_URL) return tap()
  const { openSuiteServer } = await import('../dist/test/helpers/suite-server.js')
  const server = await openSuiteServer()
  process.env.OHLCV_TEST_SUITE_URL = server.url
  // Ctrl-C reaches tap as well, which ends its tests; the server is stopped here.
  process.on('SIGINT', () => {})
  try {
    return await tap()
  } finally {
    await server.release()
  }
}

/** Assertions, from the line `# { total: 18, pass: 17, fail: 1 }` at the end of the results. */
function assertions() {
  const summary = readFileSync(RESULTS, 'utf8').match(/^# \{ (total: .*) \}$/gm)?.at(-1) ?? ''
  const figure = (name) => Number(summary.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0)
  return { total: figure('total'), failures: figure('fail') }
}

rmSync(SUMMARY, { force: true })
rmSync(RESULTS, { force: true })
mkdirSync('.tap', { recursive: true })

// Beside each other: a compiler has work for one core. The runner's plugins (.taprc) are chosen here, where they are not yet: its first
// run would do so as well, but load the others into each process before.
const [, ...checked] = await Promise.all([
  existsSync('.tap/plugins') || run('tap', ['build']),
  ...CHECKS.map(([, command, args]) => run(command, args)),
])
for (const [index, [name]] of CHECKS.entries()) count(name, checked[index])

const tested = await test()
const { total, failures } = assertions()
passed += total - failures
failed += failures
// All assertions hold, and yet tap is not content: the coverage is too low, or nothing was tested at all.
if (!tested && failures === 0) count('coverage', false)

const line = `${passed} passed, ${failed} failed`
writeFileSync(SUMMARY, `${line}\n`)
console.log(line)
process.exitCode = failed === 0 && tested ? 0 : 1
