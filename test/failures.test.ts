import t from 'tap'
import { PACKAGE_ROOT } from '../lib/domain/version.js'

const { failuresIn } = await import(`${PACKAGE_ROOT}/scripts/test-failures.js`) as { failuresIn: (tap: string) => string[] }

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
