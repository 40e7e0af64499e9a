import t from 'tap'
import { failpointsOf } from '../../../lib/cli/framework/failpoint.js'
import { NO_FAILPOINTS } from '../../../lib/domain/failpoint.js'

await t.test('without the variable no step does anything', (t) => {
  t.equal(failpointsOf(undefined), NO_FAILPOINTS)
  t.equal(failpointsOf(''), NO_FAILPOINTS)
  t.equal(NO_FAILPOINTS('before-commit'), undefined)
  t.end()
})

await t.test('a step that is not meant is passed, and one that is not there is refused', (t) => {
  t.equal(failpointsOf('before-commit:2')('mid-copy'), undefined)
  for (const setting of ['before-lunch', 'before-commit:0', 'before-commit:', ':1', 'before-commit:1:2']) {
    t.throws(() => failpointsOf(setting), { code: 'FAILPOINT_UNKNOWN', message: `OHLCV_FAILPOINT names no step: ${setting}` })
  }
  t.end()
})
