import { setTimeout as delay } from 'node:timers/promises'
import { assetDetail } from '../routines/summary/asset.js'
import { makeWriters } from './framework/writers.js'
import type { Site } from './framework/site.js'
import { ROUTES } from './routes.js'
import { summaryOf } from './summary.js'

/**
 * Makes what the first requests would wait for else: the summary, which looks up the dates of all watched assets; the plans of what is asked about one asset; and what writes the documents.
 * Where the database is away all of it is left to them. Nothing new is begun once the signal is aborted.
 */
export async function warmUp(site: Site, signal: AbortSignal): Promise<void> {
  const { details, now, calendar, publication, staleAfter, watch: [first], log } = site
  const asset = async () => first === undefined ? undefined : assetDetail(details, first, { calendar: await calendar(), publication, now: now(), staleAfter })
  for (const make of [() => summaryOf(site), asset, () => makeWriters(ROUTES.map(({ document }) => document))]) {
    if (signal.aborted) return
    await make().catch((error: unknown) => log.debug({ err: error }, 'what the first requests need could not be made before them'))
  }
}

/** Has the summary made anew while things are written, whether or not anybody asks: else who asks first after a while would wait for it, and beside a load that may take a second. Until the signal is aborted. */
export async function keepSummary(site: Site, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(site.limits.behind / 2, undefined, { signal, ref: false }).catch(() => undefined)
    if (!signal.aborted) await summaryOf(site).catch((error: unknown) => site.log.debug({ err: error }, 'the summary could not be kept'))
  }
}
