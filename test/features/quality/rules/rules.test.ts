import t from 'tap'
import { readSettings, SETTINGS } from '../../../../lib/cli/framework/settings.js'
import { thresholdsOf } from '../../../../lib/cli/framework/thresholds.js'
import { ABSENT } from '../../../../lib/features/quality/rules/absent.js'
import { RULES } from '../../../../lib/features/quality/rules/rules.js'
import { judged, usual, word } from './windows.js'

await t.test('the weights of all rules add up to 100', async (t) => {
  t.equal(RULES.reduce((sum, { weight }) => sum + weight, 0), 100)
  for (const { name, weight } of RULES) t.ok(Number.isInteger(weight) && weight >= 0, name)
})

await t.test('each rule has a name of its own, says what it means and what to do, and is asked with settings that there are', async (t) => {
  t.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length)
  for (const { name, meaning, advice, thresholds } of RULES) {
    t.match(name, /^[a-z]+(_[a-z]+)*$/)
    t.match(`${meaning} ${advice}`, /^\w.+\w\)? \w.+\w\)?$/, name)
    for (const threshold of thresholds) t.ok(threshold in SETTINGS, `${name}: ${threshold}`)
  }
})

await t.test('thresholds are those of the settings, by name', async (t) => {
  const thresholds = thresholdsOf(readSettings({ 'large-move': '30' }, { OHLCV_SPIKE_MOVE: '15' }))
  t.match(thresholds, { largeMove: 30, spikeMove: 15, nullThreshold: 0.05, thinBelow: 80 })
  t.notOk('lanes' in thresholds)
})

await t.test('usual bars fail no rule, the first and the last of a security neither', async (t) => {
  for (const rule of RULES) {
    if (rule.kind !== 'bar') continue
    t.equal(word(judged(rule, [100.5])), '-', rule.name)
    t.equal(word(judged(rule, [100.5], [], { before: [] })), '-', `${rule.name}, alone`)
    t.equal(word(judged(rule, [100.5], usual(5), { before: [] })), '-', `${rule.name}, the first`)
  }
  t.equal(word(judged(ABSENT, [100.5])), '-')
})
