import { setTimeout as delay } from 'node:timers/promises'
import { DAY_AGGS } from '../datasets/day.js'
import { timespanNamed } from '../datasets/timespans.js'
import type { IsoDate } from '../domain/dates.js'
import { assetDetail } from '../routines/summary/asset.js'
import { dateDetail } from '../routines/summary/date.js'
import { originsOf } from '../routines/summary/origins.js'
import { makeWriters } from './framework/writers.js'
import type { Site } from './framework/site.js'
import { ROUTES } from './routes.js'
import { summaryOf } from './summary.js'

/** Details of the latest date and of a watched security, on each connection for them: the first statements of a new one take several times as long. */
async function warmDetails(site: Site, signal: AbortSignal): Promise<void> {
  const { details, now, publication, staleAfter, thinBelow, watch: [asset] } = site
  const date = (await summaryOf(site)).datasets[0]?.latest_loaded as IsoDate | null | undefined
  const clock = { calendar: await site.calendar(), publication, now: now() }
  const onEach = (look: () => Promise<unknown>) => {
    signal.throwIfAborted()
    return Promise.all(Array.from({ length: details.options.max }, look))
  }
  if (date != null) await onEach(() => dateDetail(details, date, { ...clock, dataset: DAY_AGGS, thinBelow }))
  if (asset === undefined) return
  await onEach(() => assetDetail(details, asset, { ...clock, staleAfter }))
  if (date != null) for (const name of ['day', 'minute'] as const) await onEach(() => originsOf(details, asset, timespanNamed(name), { start: date, end: date }, clock.calendar))
}

/**
 * Makes what the first requests would wait for else: the summary, which looks up the dates of all watched assets; the plans of what is asked about a date and a security; and what writes the documents.
 * Where the database is away all of it is left to them. Nothing new is begun once the signal is aborted.
 */
export async function warmUp(site: Site, signal: AbortSignal): Promise<void> {
  for (const make of [() => summaryOf(site), () => warmDetails(site, signal), () => makeWriters(ROUTES.map(({ document }) => document))]) {
    if (signal.aborted) return
    await make().catch((error: unknown) => site.log.debug({ err: error }, 'what the first requests need could not be made before them'))
  }
}

/** Has the summary made anew while things are written, whether or not anybody asks: else who asks first after a while would wait for it, and beside a load that may take a second. Until the signal is aborted. */
export async function keepSummary(site: Site, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(site.limits.behind / 2, undefined, { signal, ref: false }).catch(() => undefined)
    if (!signal.aborted) await summaryOf(site).catch((error: unknown) => site.log.debug({ err: error }, 'the summary could not be kept'))
  }
}
