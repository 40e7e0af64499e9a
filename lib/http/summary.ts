import type { DocumentOf } from '../documents/document.js'
import { summaryDocument, type SUMMARY } from '../documents/service/summary.js'
import { summary } from '../routines/summary/summary.js'
import { KeptAnswers } from './framework/kept-answers.js'
import type { Site } from './framework/site.js'

export type Summary = DocumentOf<typeof SUMMARY>

/** A summary, and of which version of the database it is. */
interface Snapshot {
  document: Summary
  version: string
  size: number
}

const KEY = 'summary'
const kept = new WeakMap<Site, KeptAnswers<Snapshot>>()

function keptOf(site: Site): KeptAnswers<Snapshot> {
  const known = kept.get(site) ?? new KeptAnswers<Snapshot>(site.limits, site.log)
  kept.set(site, known)
  return known
}

/** It is dear to make, and told in many ways: so it is made once for all of them, and told as it was while it is made anew. */
async function snapshotOf(site: Site): Promise<Snapshot> {
  const version = await site.version.current()
  const make = async (): Promise<Snapshot> => {
    const { pool, now, calendar, publication, staleAfter, thinBelow, watch } = site
    const document = summaryDocument(await summary(pool, { calendar: await calendar(), publication, now: now(), staleAfter, thinBelow, watch }))
    return { document, version, size: 0 }
  }
  return keptOf(site).get({ key: KEY, version, soon: true, make })
}

/** How all of it is. @throws what the database says */
export async function summaryOf(site: Site): Promise<Summary> {
  return (await snapshotOf(site)).document
}

/** What an answer that is made of it changes with. */
export async function summaryVersion(site: Site): Promise<string> {
  return (await snapshotOf(site)).version
}

/** How it was when it was last known; undefined: it never was. */
export function lastSummary(site: Site): Summary | undefined {
  return keptOf(site).last(KEY)?.document
}
