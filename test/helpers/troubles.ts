import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { isoDate } from '../../lib/domain/dates.js'
import type { Channel } from '../../lib/features/alerts/channel.js'
import { evaluate, type Look } from '../../lib/features/alerts/evaluate.js'
import type { Incident } from '../../lib/features/alerts/incident.js'
import type { Mute } from '../../lib/features/alerts/mute.js'
import type { Situation } from '../../lib/features/alerts/situation.js'
import type { Trouble } from '../../lib/features/alerts/trouble.js'
import type { Told } from '../../lib/store/alerts/told.js'

const CALENDAR = createCalendar(DEFAULT_EXCHANGE)

/** A trouble; unless it is said otherwise, that day files of some dates are late, or with another topic that a provider does not answer. */
export function troubleOf(topic: string, parts: readonly string[] = [''], options: Partial<Trouble> = {}): Trouble {
  const [subject, of = null] = topic.split(' ')
  const isDates = subject === 'dates'
  const trouble: Trouble = {
    topic, parts, kind: isDates ? 'stale' : subject === 'symbols' ? 'symbols' : 'provider', severity: subject === 'symbols' ? 'info' : 'warning', summary: `${topic} ${parts.join(', ')}`.trim(), hint: 'look',
    dataset: isDates ? of : null, provider: subject === 'provider' ? of : null, symbol: null, timespan: null, details: isDates ? { dates: parts } : {}, ...options,
  }
  return { ...trouble, only: (some) => troubleOf(topic, some, options) }
}

/** Late dates of day bars. */
export const late = (...dates: string[]): Trouble => troubleOf('dates day_aggs', dates)
/** Missing dates of day bars: worse. */
export const missing = (...dates: string[]): Trouble => troubleOf('dates day_aggs', dates, { kind: 'missing', severity: 'critical' })
/** A provider that does not answer. */
export const silent = (provider: string, options: Partial<Trouble> = {}): Trouble => troubleOf(`provider ${provider}`, [''], options)
/** Symbols that are new: news. */
export const news = (...symbols: string[]): Trouble => troubleOf('symbols new', symbols)

/** What is kept of looks, in memory: the same as the tables keep. Told is a line for each notice: the event and what it is of. */
export class Memory {
  incidents: Incident[] = []
  mutes: Mute[] = []
  told = new Map<number, Told>()
  notices: { at: Date; text: string }[] = []
  watchedFrom: Look['watchedFrom'] = new Map([['day_aggs', isoDate('2026-01-01')]])

  /** Looks; what was told. */
  look(now: Date, ...troubles: Trouble[]): string[] {
    const before = this.notices.length
    const matter = this.incidents.filter(({ clearedAt }) => clearedAt === null || clearedAt.getTime() > now.getTime() - 30 * 86_400_000)
    const { changes, reminded } = evaluate({ now, troubles, incidents: matter, mutes: this.mutes, told: this.told, watchedFrom: this.watchedFrom })
    for (const { incident, tell } of changes) {
      const alertId = incident.alertId ?? this.incidents.length + 1
      this.incidents[alertId - 1] = { ...incident, alertId }
      if (tell === null) continue
      const known = this.told.get(alertId)
      this.told.set(alertId, { messageId: known?.messageId ?? `of ${alertId}`, event: tell, at: now, wasCritical: (known?.wasCritical ?? false) || incident.severity === 'critical' })
      this.notices.push({ at: now, text: `${tell} ${incident.cause}` })
    }
    for (const { alertId } of reminded) this.told.set(alertId, { ...this.told.get(alertId)!, at: now })
    if (reminded.length > 0) this.notices.push({ at: now, text: `reminder of ${reminded.map(({ cause }) => cause).join(', ')}` })
    return this.notices.slice(before).map(({ text }) => text)
  }

  /** The causes of what is open. */
  get open(): string[] {
    return this.incidents.filter(({ clearedAt }) => clearedAt === null).map(({ cause }) => cause)
  }
}

/** So many minutes after noon of a Monday, UTC. */
export const minute = (minutes: number): Date => new Date(Date.parse('2026-03-02T12:00:00Z') + minutes * 60_000)
export const HOUR = 60
export const DAY = 24 * HOUR

/** What the rules of a test see: nothing but the troubles that it makes. */
export function situationAt(now: Date): Situation {
  return {
    now, calendar: CALENDAR, publication: { publishedAt: '11:00', missingAfter: 24 }, thresholds: { staleAfter: 60, staleAfterOf: new Map(), minQuality: 0.6, minDiskFree: 10 },
    datasets: [], assets: [], failedRuns: [], lastRun: null, gaps: [], qualityDates: [], checksumMismatches: [], providers: [], disks: [], undeliverable: [], symbolChanges: [], newSymbols: [], calendarChanges: [],
  }
}

/** A channel that posts the name of a notice and a line of it. */
export const postingTo = (url: string): Channel => ({
  name: 'webhook', takes: () => true,
  send: async ({ messageId, event, incidents }) => {
    const text = `${event} ${incidents.map(({ summary }) => summary).join(' + ')}`
    return { answer: (await fetch(url, { method: 'POST', body: JSON.stringify({ messageId, text }) })).statusText }
  },
})
