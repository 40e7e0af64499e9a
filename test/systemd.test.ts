import t from 'tap'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const UNITS = path.resolve(import.meta.dirname, '../systemd')
const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
const skip = analyze('--version').error ? 'systemd-analyze is not on this machine' : false

/** The values of a key, from the unit's text. */
function values(unit: string, key: string): string[] {
  return readFileSync(path.join(UNITS, unit), 'utf8').split('\n').filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1))
}

await t.test('systemd finds nothing to say about the units', { skip }, async (t) => {
  for (const unit of ['ohlcv.service', 'ohlcv.timer', 'ohlcv-failed@.service']) {
    const { status, stderr } = analyze('verify', '--man=no', path.join(UNITS, unit))
    t.equal(stderr, '', unit)
    t.equal(status, 0, unit)
  }
})

await t.test('the timer fires at six, exchange time, on both sides of the clock change', { skip }, async (t) => {
  const [calendar = ''] = values('ohlcv.timer', 'OnCalendar')
  const next = (from: string) => /(?:Next elapse|\(in UTC\)): .*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC/.exec(spawnSync('systemd-analyze', ['calendar', `--base-time=${from}`, calendar], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }).stdout)?.[1]
  t.equal(next('2026-03-06 12:00:00 UTC'), '2026-03-07 11:00:00', 'winter')
  t.equal(next('2026-03-09 12:00:00 UTC'), '2026-03-10 10:00:00', 'summer')
  t.same(values('ohlcv.timer', 'Persistent'), ['true'])
})

await t.test('hourly starts from six end at noon', async (t) => {
  t.same(values('ohlcv.service', 'RestartSec'), ['1h'])
  t.same(values('ohlcv.service', 'StartLimitBurst'), ['7'], '6, 7, 8, 9, 10, 11, 12')
  t.same(values('ohlcv.service', 'TimeoutStartSec'), ['30min'])
  t.same(values('ohlcv.service', 'StartLimitIntervalSec'), ['10h'], 'longer than six hours of waiting and six runs of half an hour')
})

await t.test('only an unpublished file, a crash or a time-out is tried again the same night', async (t) => {
  t.same(values('ohlcv.service', 'Restart'), ['on-failure'])
  t.same(values('ohlcv.service', 'RestartPreventExitStatus'), ['1 2 3 130 143'])
  t.same(values('ohlcv.service', 'OnFailure'), ['ohlcv-failed@%n.service'])
})

await t.test('the sandbox leaves little to reach', { skip }, async (t) => {
  for (const unit of ['ohlcv.service', 'ohlcv-failed@.service']) {
    const exposure = /Overall exposure level for .*: ([\d.]+)/.exec(analyze('security', '--offline=true', path.join(UNITS, unit)).stdout)?.[1]
    t.ok(Number(exposure) <= 2, `${unit}: ${exposure} of 10`)
  }
})
