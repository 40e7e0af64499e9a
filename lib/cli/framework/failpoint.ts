import { UsageError } from '../../domain/errors.js'
import { ACTION_FAILPOINTS, ALERT_FAILPOINTS, ANSWER_FAILPOINTS, FAILPOINTS, FETCH_FAILPOINTS, GAP_FAILPOINTS, IDENTITY_FAILPOINTS, NO_FAILPOINTS, QUALITY_FAILPOINTS, type Failpoints } from '../../domain/failpoint.js'

const ALL = [...FAILPOINTS, ...IDENTITY_FAILPOINTS, ...FETCH_FAILPOINTS, ...ANSWER_FAILPOINTS, ...ACTION_FAILPOINTS, ...QUALITY_FAILPOINTS, ...GAP_FAILPOINTS, ...ALERT_FAILPOINTS]

/**
 * What `OHLCV_FAILPOINT=name[:n]` asks for: the program kills itself when it comes to the step for the n-th time. For
 * tests of what a killed load or identity change leaves behind.
 * @throws UsageError FAILPOINT_UNKNOWN
 */
export function failpointsOf(setting: string | undefined): Failpoints {
  if (setting === undefined || setting === '') return NO_FAILPOINTS
  const [, name, count = '1'] = /^([a-z-]+)(?::([1-9]\d{0,8}))?$/.exec(setting) ?? []
  if (!ALL.some((failpoint) => failpoint === name)) {
    throw new UsageError('FAILPOINT_UNKNOWN', `OHLCV_FAILPOINT names no step: ${setting}`, { hint: `write NAME or NAME:N; the steps are ${ALL.join(', ')}` })
  }
  let left = Number(count)
  return (reached) => {
    if (reached === name && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
}
