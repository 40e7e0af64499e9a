import { spawnSync } from 'node:child_process'
import t from 'tap'
import { PACKAGE_ROOT } from '../lib/domain/version.js'

const { failuresIn } = await import(`${PACKAGE_ROOT}/scripts/test-failures.js`) as { failuresIn: (tap: string) => string[] }
const { moduleOf } = await import(`${PACKAGE_ROOT}/scripts/test-processes.js`) as { moduleOf: (files: string[]) => string }

await t.test('of a run each assertion that failed is told once, with the tests it is in, its place and the difference', (t) => {
  t.same(failuresIn(`TAP version 14
# Subtest: dist/processes/000.test.js
    # Subtest: bars are stored
        ok 1 - should be equal
        # Subtest: each once
            not ok 1 - should be equivalent
              ---
              diff: |
                --- expected
                +++ actual
                -  2
                +  3
              at:
                fileName: test/store/bars.test.ts
                lineNumber: 7
              source: >
                t.same(bars, 2)
              ...
            ok 2 - should be equal
            1..2
        not ok 2 - each once # time=35.908ms
          ---
          at:
            fileName: test/store/bars.test.ts
          ...
        not ok 3 - not yet # TODO
        1..3
    not ok 1 - bars are stored # time=69.1ms
    # Subtest: all is well
        ok 1 - should be equal
        1..1
    ok 2 - all is well # time=1ms
    not ok 3 - boom
      ---
      tapCaught: unhandledRejection
      ...
    1..3
not ok 1 - dist/processes/000.test.js # time=94.8ms
  ---
  exitCode: 1
  ...
# Subtest: dist/processes/001.test.js
    1..0 # no tests found
not ok 2 - dist/processes/001.test.js # time=235.2ms
  ---
  exitCode: 1
  ...
1..2
`), [
    `FAILED: dist/processes/000.test.js > bars are stored > each once > should be equivalent
  diff: |
    --- expected
    +++ actual
    -  2
    +  3
  at:
    fileName: test/store/bars.test.ts
    lineNumber: 7`,
    'FAILED: dist/processes/000.test.js > boom\n  tapCaught: unhandledRejection',
    'FAILED: dist/processes/001.test.js\n  exitCode: 1',
  ])
  t.same(failuresIn('ok 1 - x\nok 2 - SKIP # SKIP none\n1..2\n'), [])
  t.end()
})

await t.test('an error that no test waits for fails its process, and what comes after it is run', (t) => {
  const late = (name: string, error: string) => `import t from 'tap'
void t.test('${name}', async (t) => {
  ${error}
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.ok(true)
})`
  const folder = t.testdir({
    processes: { 'all.js': moduleOf(['thrown.js', 'rejected.js']) },
    test: { 'thrown.js': late('one', `setTimeout(() => { throw new Error('thrown later') })`), 'rejected.js': late('two', `void Promise.reject(new Error('rejected'))`) },
  })
  const { status, stdout } = spawnSync('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, '--import', `${PACKAGE_ROOT}/scripts/test-errors.js`, `${folder}/processes/all.js`], { encoding: 'utf8' })
  t.equal(status, 1)
  t.same(failuresIn(stdout).map((told) => told.split('\n')[0]), ['FAILED: every file of this process is run > thrown later', 'FAILED: rejected'])
  t.match(stdout, /^ok \d+ - one\b[^]*^ok \d+ - two\b/m)
  t.end()
})
