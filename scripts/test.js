// Every check there is, those without tests first, and what came of them: `npm test`. The tests themselves count by assertion,
// each other check as one. The last line, also kept in .tap/summary.txt, is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { failuresIn } from './test-failures.js'
import { memoryFolder } from './test-memory.js'

const RESULTS = '.tap/results.tap'
const SUMMARY = '.tap/summary.txt'
const COVERAGE = '.tap/coverage'

/** @type {[name: string, command: string, args: string[]][]} */
const CHECKS = [
  // Everything at once: tests run as compiled, since a compiler in each of their processes takes longer than most of them.
  ['types and build', process.execPath, ['scripts/build.js', '--tests']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['unused code', 'knip', ['--no-progress']],
]

let passed = 0
let failed = 0
/** What failed and is told once more at the end, so that the last lines of a long output tell it. */
const failures = []

async function run(command, args, stdout = 'inherit') {
  // npm puts node_modules/.bin on the path.
  const child = spawn(command, args, { stdio: ['ignore', stdout, 'inherit'] })
  child.on('error', (error) => console.error(`${command}: ${error.message}`))
  const [status] = await once(child, 'close')
  return status === 0
}

function count(name, ok) {
  const line = `${ok ? 'ok' : 'FAILED'}: ${name}`
  if (ok) {
    passed++
  } else {
    failed++
    failures.push(line)
  }
  console.log(line)
}

/** Runs the tests while their server is up: else it would stop and start again whenever no test file happens to use it. */
async function test() {
  const tests = () => run(process.execPath, ['scripts/test-run.js'], openSync(RESULTS, 'w'))
  // Ctrl-C reaches the tests as well, which end by it; what they stand on goes here.
  process.on('SIGINT', () => {})
  const memory = memoryFolder()
  if (memory) process.env.TMPDIR = memory
  try {
    if (process.env.OHLCV_TEST_DATABASE_URL) return await tests()
    const { openSuiteServer } = await import('../dist/test/helpers/suite-server.js')
    const server = await openSuiteServer(memory && path.join(memory, 'postgres'))
    process.env.OHLCV_TEST_SUITE_URL = server.url
    try {
      return await tests()
    } finally {
      await server.release()
    }
  } finally {
    if (memory) rmSync(memory, { recursive: true, force: true })
  }
}

/** Assertions, from the line `# { total: 18, pass: 17, fail: 1 }` at the end of the results. */
function assertions(results) {
  const summary = results.match(/^# \{ (total: .*) \}$/gm)?.at(-1) ?? ''
  const figure = (name) => Number(summary.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0)
  return { total: figure('total'), wrong: figure('fail') }
}

for (const remains of [SUMMARY, RESULTS, COVERAGE]) rmSync(remains, { recursive: true, force: true })
mkdirSync('.tap', { recursive: true })

// Beside each other: a compiler has work for one core. The runner's plugins (.taprc) are chosen here, where they are not yet: its first
// run would do so as well, but load the others into each process before.
const [, ...checked] = await Promise.all([
  existsSync('.tap/plugins') || run('tap', ['build']),
  ...CHECKS.map(([, command, args]) => run(command, args)),
])
for (const [index, [name]] of CHECKS.entries()) count(name, checked[index])

const tested = await test()
const results = readFileSync(RESULTS, 'utf8')
const { total, wrong } = assertions(results)
passed += total - wrong
failed += wrong
failures.push(...failuresIn(results))
if (!(await run('tap', ['report']))) count('coverage', false)
// All assertions hold, and yet the run is not content, or nothing was tested at all.
if ((!tested && wrong === 0) || total === 0) count('the run of the tests', false)

if (failures.length > 0) console.log(failures.join('\n'))
const line = `${passed} passed, ${failed} failed`
writeFileSync(SUMMARY, `${line}\n`)
console.log(line)
process.exitCode = failed === 0 && tested ? 0 : 1
