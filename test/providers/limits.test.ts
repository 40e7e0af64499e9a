import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import { readLimits } from '../../lib/providers/limits.js'

const KNOWN = [{ name: 'massive', aliases: ['polygon'] }, { name: 'second', aliases: [] }]
const directory = t.testdir({})
const file = path.join(directory, 'providers.yaml')
const read = (text: string) => {
  writeFileSync(file, text)
  return readLimits(file, KNOWN)
}

await t.test('the shipped file gives each provider its plan, and one that it does not name no limits', async (t) => {
  const known = [...BAR_PROVIDERS, { name: 'second', aliases: [] }]
  t.same(await readLimits(undefined, known), [
    { name: 'massive', priority: 1, tier: 'primary', enabled: true, perSecond: 50, perMinute: null, perDay: null, perMonth: 50_000 },
    { name: 'alpha_vantage', priority: 2, tier: 'primary', enabled: true, perSecond: 1, perMinute: null, perDay: null, perMonth: 25_000 },
    { name: 'stooq', priority: 3, tier: 'secondary', enabled: true, perSecond: 1, perMinute: null, perDay: null, perMonth: 100_000 },
    { name: 'yahoo', priority: 4, tier: 'fallback', enabled: true, perSecond: 2, perMinute: null, perDay: null, perMonth: 200_000 },
    { name: 'second', priority: 1001, tier: 'fallback', enabled: true, perSecond: null, perMinute: null, perDay: null, perMonth: null },
  ])
  const free = readFileSync(path.join(PACKAGE_ROOT, 'providers.yaml'), 'utf8').replace('    per_second: 50\n    # per_minute', '    per_minute').replace('# per_day', 'per_day')
  writeFileSync(file, free)
  t.match(await readLimits(file, known), [{ name: 'massive', perSecond: null, perMinute: 5 }, { name: 'alpha_vantage', perSecond: 1, perDay: 25 }], 'the free plans are as their comments say')
})

await t.test('another file is read, names may be aliases, and the lowest priority comes first', async (t) => {
  t.match(await read('providers:\n  polygon: { priority: 2, tier: secondary, per_day: 25 }\n  second: { priority: 1, tier: primary }\n'), [
    { name: 'second', priority: 1, tier: 'primary' }, { name: 'massive', priority: 2, tier: 'secondary', perDay: 25, perMonth: null },
  ])
})

await t.test('what is wrong is told with file, line and field', async (t) => {
  const entry = (text: string) => `providers:\n  massive:\n    priority: 1\n    tier: primary\n${text}`
  for (const [text, what] of [
    ['', ': the file must have fields'],
    ['- massive\n', ': providers is missing'],
    ['provider: {}\n', ': providers is missing'],
    ['providers: 1\n', ', line 1: providers must have the names of providers'],
    [entry('    enabled: maybe\n'), ', line 5: providers.massive.enabled must be true or false'],
    ['providers:\n  masive: { priority: 1, tier: primary }\n', ', line 2: providers.masive is no provider; there are massive, second'],
    ['providers:\n  massive: { priority: 1, tier: primary }\n  polygon: { priority: 1, tier: primary }\n', ', line 3: providers.polygon is the provider massive, which is there already'],
    ['providers:\n  massive:\n    tier: primary\n', ', line 2: providers.massive.priority is missing'],
    [entry('    per_hour: 5\n'), ', line 5: providers.massive.per_hour is not known'],
    [entry('    per_minute: five\n'), ', line 5: providers.massive.per_minute must be a whole number from 1 to 60000'],
    [entry('    per_day: 1.5\n'), ', line 5: providers.massive.per_day must be a whole number from 1 to 1000000000'],
    [entry('    per_second: 0\n'), ', line 5: providers.massive.per_second must be a whole number from 1 to 1000'],
    [entry('').replace('primary', 'best'), ', line 4: providers.massive.tier must be one of primary, secondary, fallback'],
    [entry('    tier: primary\n'), /, line 5: .*unique/],
    [entry('  bad: [\n'), /, line \d+: /],
  ] as const) {
    await t.rejects(read(text), { name: 'UsageError', code: 'PROVIDERS_FILE', message: typeof what === 'string' ? file + what : what, hint: /providers\.yaml shows/ }, text)
  }
  await t.rejects(readLimits(path.join(directory, 'none.yaml'), KNOWN), { code: 'PROVIDERS_FILE', message: /none\.yaml cannot be read: ENOENT/ })
})
