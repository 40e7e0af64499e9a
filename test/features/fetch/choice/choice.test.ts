import t from 'tap'
import { candidatesOf } from '../../../../lib/features/fetch/choice/candidates.js'
import { Choice } from '../../../../lib/features/fetch/choice/choice.js'
import { readFetchRequest } from '../../../../lib/features/fetch/request.js'
import type { Source } from '../../../../lib/features/runs/asking/source.js'
import { BAR_PROVIDERS } from '../../../../lib/providers/bar-providers.js'
import { readLimits, TIERS, type ProviderLimits } from '../../../../lib/providers/limits.js'

const limits = await readLimits(undefined, BAR_PROVIDERS)

/** A source that is never asked. */
function source(name: string, of: Partial<ProviderLimits>): Source {
  return { provider: { ...BAR_PROVIDERS[0], name }, limits: { ...limits[0]!, name, ...of } } as Source
}

const work = (requests: number, succeeded: number) => ({ requests, succeeded, failed: 0, rateLimited: 0, bars: 0, bytes: 0, latencyMs: 0, expected: 0, counted: 0 })
const before = (provider: string, requests: number, succeeded: number) => ({ provider, age: 1, ...work(requests, succeeded) })
const sources = [source('fallback', { tier: 'fallback', priority: 1 }), source('second', { tier: 'primary', priority: 2 }), source('first', { tier: 'primary', priority: 1 })] as const
const first = (choice: Choice, of: readonly [Source, ...Source[]] = sources): string => choice.first(of).source.provider.name

await t.test('a tier is asked only where none before it is left, and within one the lowest priority decides between equals', (t) => {
  const choice = new Choice([], [], new Map())
  t.equal(first(choice), 'first')
  t.equal(first(choice, [sources[0], sources[1]]), 'second')
  t.equal(first(choice, [sources[0]]), 'fallback')
  t.equal(first(new Choice([], [before('first', 10, 10), before('second', 10, 10)], new Map())), 'first', 'a tie')
  t.equal(first(new Choice([], [before('first', 10, 0), before('fallback', 10, 10)], new Map())), 'second', 'however well a later tier did')
  t.end()
})

await t.test('what the job has seen itself counts with what was before', (t) => {
  const choice = new Choice([], [before('first', 50, 50), before('second', 50, 45)], new Map())
  t.equal(first(choice), 'first')
  choice.add(sources[2], work(10, 0))
  choice.add(sources[2], work(10, 0))
  t.equal(first(choice), 'second')
  t.end()
})

await t.test('who may be asked: those enabled that have their key and give what is wanted, in the order of tiers', (t) => {
  const request = readFetchRequest({ dates: { days: 2 }, symbols: ['SPY'], lanes: 1 })
  const candidates = (env: NodeJS.ProcessEnv, of = limits) => {
    const { asked, leftOut } = candidatesOf({ request, providers: BAR_PROVIDERS }, of, env)
    return [asked.map(({ provider }) => provider.name), leftOut.map(({ provider, why }) => `${provider}: ${why}`)]
  }
  t.same(candidates({ MASSIVE_API_KEY: 'a', ALPHA_VANTAGE_API_KEY: 'b', STOOQ_API_KEY: 'c' }), [['massive', 'alpha_vantage', 'stooq', 'yahoo'], []])
  t.same(candidates({ ALPHA_VANTAGE_API_KEY: ' ' }), [['yahoo'], ['massive: MASSIVE_API_KEY is not set', 'alpha_vantage: ALPHA_VANTAGE_API_KEY is not set', 'stooq: STOOQ_API_KEY is not set']])
  const turned = limits.map((of) => ({ ...of, tier: TIERS[2 - TIERS.indexOf(of.tier)]!, enabled: of.name !== 'massive' }))
  t.same(candidates({ MASSIVE_API_KEY: 'a', ALPHA_VANTAGE_API_KEY: 'b', STOOQ_API_KEY: 'c' }, turned), [['yahoo', 'stooq', 'alpha_vantage'], ['massive: not enabled in providers.yaml']])
  t.throws(() => candidates({}, limits.map((of) => ({ ...of, enabled: false }))), { name: 'UsageError', code: 'NO_PROVIDER', message: /^no provider can be asked: massive \(not enabled in providers\.yaml\), alpha_vantage \(not/ })
  t.same(candidatesOf({ request: { ...request, provider: 'massive' }, providers: [BAR_PROVIDERS[0]] }, turned, {}).asked.map(({ provider }) => provider.name), ['massive'], 'who is named is asked')
  t.end()
})
