import * as v from 'valibot'
import { type Probed, PROBLEMS } from '../features/fetch/probe.js'
import type { ProviderOverview } from '../features/fetch/overview.js'
import type { CheckedVendor } from '../features/fetch/vendors/check.js'
import type { Vendor } from '../features/fetch/vendors/vendors.js'
import { TIERS } from '../providers/limits.js'
import { defineDocument, type DocumentOf } from './document.js'
import { nextDay, nextMonth } from '../providers/limits.js'
import { count, instant, instantOrNull, instantText, percent } from './fields.js'
import { vendorState } from './service/parts.js'

/** A limit and what is left of it; null where there is none, or nobody knows what is used. */
const use = v.strictObject({ limit: v.nullable(count), used: v.nullable(count), left: v.nullable(count) })
/** One that begins anew at an instant. */
const renewed = v.strictObject({ ...use.entries, renewed_at: instant })

/** `ohlcv providers`: who bars are fetched from, the first to be asked first. */
export const PROVIDERS = defineDocument('ohlcv.providers/1', v.strictObject({
  providers: v.array(v.strictObject({
    name: v.string(),
    aliases: v.array(v.string()),
    tier: v.picklist(TIERS),
    priority: count,
    /** Whether it is asked where no provider is named. */
    enabled: v.boolean(),
    /** The variable that holds its key, which is never shown; null where it takes none. */
    key: v.nullable(v.strictObject({ variable: v.string(), set: v.boolean() })),
    /** Requests by window, those reserved for later included; days and months are those of UTC. */
    second: use,
    minute: use,
    day: renewed,
    month: renewed,
    /** Of the tries of today and the day before; null where there was none. */
    success_percent: v.nullable(percent),
    /** How long a fetch of the last 24 hours took in the middle. */
    median_ms: v.nullable(count),
    /** What its answers of the last 30 days were worth, from 0 to 1: by how many succeeded, how complete and how quick they were, those of late most. */
    score: v.nullable(v.number()),
    /** Until when it is left alone where no provider is named, and why; null where it is not. */
    rest: v.nullable(v.strictObject({ until: instant, code: v.nullable(v.string()), message: v.nullable(v.string()) })),
  })),
}))

type Provider = DocumentOf<typeof PROVIDERS>['providers'][number]

function useOf(limit: number | null, used: number | null): Provider['minute'] {
  return { limit, used, left: limit === null || used === null ? null : Math.max(0, limit - used) }
}

function providerOf({ limits, aliases, key, use, figures, reward, rest }: ProviderOverview, now: Date): Provider {
  const { name, tier, priority, enabled, perSecond, perMinute, perDay, perMonth } = limits
  return {
    name, aliases: [...aliases], tier, priority, enabled,
    key: key && { variable: key.env, set: key.set },
    second: useOf(perSecond, use && use.second),
    minute: useOf(perMinute, use && use.minute),
    day: { ...useOf(perDay, use && use.day), renewed_at: instantText(nextDay(now)) },
    month: { ...useOf(perMonth, use && use.month), renewed_at: instantText(nextMonth(now)) },
    success_percent: figures && figures.requests > 0 ? (figures.succeeded / figures.requests) * 100 : null,
    median_ms: figures && figures.medianMs,
    score: reward,
    rest: rest && { until: instantText(rest.until), code: rest.code, message: rest.message },
  }
}

/** The document of all providers. */
export function providersDocument(overviews: readonly ProviderOverview[], now: Date): DocumentOf<typeof PROVIDERS> {
  return { providers: overviews.map((overview) => providerOf(overview, now)) }
}

/** `ohlcv providers test`: what one request came to. */
export const PROVIDERS_TEST = defineDocument('ohlcv.providers.test/1', v.strictObject({
  provider: v.string(),
  /** Whose daily bars were asked for. */
  symbol: v.string(),
  well: v.boolean(),
  /** What is wrong: in one word, by its code and in words; null where all is well. */
  problem: v.nullable(v.picklist(PROBLEMS)),
  code: v.nullable(v.string()),
  message: v.nullable(v.string()),
  hint: v.nullable(v.string()),
  /** How many it gave. */
  bars: count,
  /** Of the answer; null where there was none. */
  status: v.nullable(count),
  bytes: count,
  milliseconds: v.nullable(count),
}))

/** The document of a test. */
export function providersTestDocument({ provider, symbol, problem, code, message, hint, bars, tried }: Probed): DocumentOf<typeof PROVIDERS_TEST> {
  return {
    provider, symbol, well: problem === null, problem, code, message, hint, bars,
    status: tried && tried.status, bytes: tried ? tried.bytes : 0, milliseconds: tried && tried.durationMs,
  }
}

/** `ohlcv providers check`: how each provider is doing, as the status service tells it. */
export const PROVIDERS_CHECK = defineDocument('ohlcv.providers.check/1', v.strictObject({
  providers: v.array(v.strictObject({
    provider: v.string(),
    state: vendorState,
    /** Whether it was asked, or what the last requests to it came to; null where nobody has seen it of late. */
    shown_by: v.nullable(v.picklist(['probe', 'requests'])),
    /** Why it was not asked now; null where it was. */
    not_asked: v.nullable(v.string()),
    /** What is wrong: by its code, and where it was asked now in words; null where nothing is. */
    code: v.nullable(v.string()),
    message: v.nullable(v.string()),
    hint: v.nullable(v.string()),
    milliseconds: v.nullable(count),
    /** Since when it is so, when it was seen, and until when that holds. */
    changed_at: v.nullable(instant),
    checked_at: v.nullable(instant),
    valid_until: v.nullable(instant),
  })),
}))

/** The document of a check. */
export function providersCheckDocument(checked: readonly CheckedVendor[], vendors: readonly Vendor[]): DocumentOf<typeof PROVIDERS_CHECK> {
  return {
    providers: vendors.map(({ provider, state, code, changedAt, checkedAt, validUntil }) => {
      const { seen = null, notAsked = null } = checked.find((check) => check.provider === provider) ?? {}
      return {
        provider, state, shown_by: seen && seen.shownBy, not_asked: notAsked, code, message: seen && seen.message, hint: seen && seen.hint, milliseconds: seen && seen.latencyMs,
        changed_at: instantOrNull(changedAt), checked_at: instantOrNull(checkedAt), valid_until: instantOrNull(validUntil),
      }
    }),
  }
}
