import t from 'tap'
import { accessOf, afterFailure, NO_REST, trialOf, untilRenewed } from '../../../../lib/features/fetch/choice/breaker.js'
import type { Rest } from '../../../../lib/store/fetches/rests.js'

const START = Date.parse('2026-01-05T12:00:00Z')
const at = (minutes: number): Date => new Date(START + minutes * 60_000)
const FAULT = { code: 'HTTP_TIMEOUT', message: 'no answer' }
const failed = (times: number): Rest => Array.from({ length: times }).reduce<Rest>((rest) => afterFailure(rest, at(0), false, FAULT), NO_REST)

await t.test('the fifth failure in a row begins a rest of a minute, and a success between them begins anew', (t) => {
  t.match(failed(4), { failures: 4, restsUntil: null, code: 'HTTP_TIMEOUT' })
  t.equal(accessOf(failed(4), at(0)), 'open')
  t.match(failed(5), { failures: 5, restsUntil: at(1) })
  t.equal(accessOf(failed(5), at(0.9)), 'resting')
  t.equal(accessOf(NO_REST, at(0)), 'open')
  t.end()
})

await t.test('those on their way when the rest began make it no longer', (t) => {
  t.same(failed(12), failed(5))
  t.same(afterFailure(failed(5), at(1), false, FAULT), failed(5), 'nor does one that comes when a trial is due')
  t.end()
})

await t.test('after a rest one unit tries, all others wait for it, and each trial that fails doubles the rest up to an hour', (t) => {
  let rest = failed(5)
  let now = 1
  const rests: number[] = []
  for (let trial = 0; trial < 8; trial++) {
    t.equal(accessOf(rest, at(now)), 'trial')
    const tried = trialOf(rest, at(now))
    t.equal(accessOf(tried, at(now)), 'resting', 'for everybody else')
    rest = afterFailure(tried, at(now), true, FAULT)
    const minutes = (rest.restsUntil!.getTime() - at(now).getTime()) / 60_000
    rests.push(minutes)
    now += minutes
  }
  t.same(rests, [2, 4, 8, 16, 32, 60, 60, 60])
  t.end()
})

await t.test('a trial that nobody ended is done by another later', (t) => {
  const tried = trialOf(failed(5), at(1))
  t.equal(accessOf(tried, at(1.9)), 'resting')
  t.equal(accessOf(tried, at(2)), 'trial')
  t.end()
})

await t.test('a limit that is used up rests until it is renewed, and then is as before', (t) => {
  const rest = untilRenewed(NO_REST, at(720), { code: 'QUOTA_USED_UP', message: '25 a day' })
  t.equal(accessOf(rest, at(719)), 'resting')
  t.equal(accessOf(rest, at(720)), 'open')
  t.end()
})
