import type { DocumentOf } from '../../documents/document.js'
import type { SUMMARY } from '../../documents/service/summary.js'
import type { Site } from '../framework/site.js'
import { summary } from '../routes/status/summary.js'

export type Summary = DocumentOf<typeof SUMMARY>

/** A summary is told for a second, and one that took long for so many times that: lines of text and badges are asked for by many, all the time. */
const SECOND = 1000
const REST = 20

interface Snapshot {
  summary: Promise<Summary>
  /** Until when it is told; while it is made: for ever. */
  until: number
}

const snapshots = new WeakMap<Site, Snapshot>()
const lasts = new WeakMap<Site, Summary>()

/** How all of it is, made once for all who ask within a moment. @throws what the database says */
export async function summaryOf(site: Site): Promise<Summary> {
  const known = snapshots.get(site)
  const began = performance.now()
  if (known && began < known.until) return known.summary
  const made: Snapshot = { summary: summary.answer({ params: {}, query: {}, body: {}, headers: {}, who: { access: 'everybody', name: null } }, site) as Promise<Summary>, until: Infinity }
  snapshots.set(site, made)
  try {
    const told = await made.summary
    made.until = performance.now() + Math.max(SECOND, REST * (performance.now() - began))
    lasts.set(site, told)
    return told
  } catch (error) {
    snapshots.delete(site)
    throw error
  }
}

/** How it was when it was last known; undefined: it never was. */
export function lastSummary(site: Site): Summary | undefined {
  return lasts.get(site)
}
