import { counted, few, figure } from '../figures.js'
import type { NoticeIncident } from './fields.js'

/** Something to know of an incident. */
export interface Fact {
  label: string
  text: string
}

const MOST_NAMED = 10
const HOUR = 60
const DAY = 24 * HOUR

/** `95 m`, `3 h 12 m`, `4 d 2 h`: minutes for people. */
export function minutesText(minutes: number): string {
  if (minutes < 2 * HOUR) return `${minutes} m`
  if (minutes < 2 * DAY) return `${Math.floor(minutes / HOUR)} h ${String(minutes % HOUR).padStart(2, '0')} m`
  return `${figure(Math.floor(minutes / DAY))} d ${Math.floor((minutes % DAY) / HOUR)} h`
}

/** `2026-11-21 12:35 UTC` */
export function timeText(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

function assetText({ asset, assets, asset_count: count, dataset }: NoticeIncident): string | null {
  if (asset !== null) return asset
  if (count > 0) return count === 1 ? assets.join() : `${few(assets, Math.min(MOST_NAMED, assets.length))}${assets.length < count ? ` and ${figure(count - assets.length)} more` : ''} (${counted(count, 'symbol')})`
  return dataset === null ? null : 'all'
}

function lagText({ lag_minutes: lag }: NoticeIncident): string | null {
  if (lag === null) return null
  return lag < 2 * HOUR ? counted(lag, 'minute') : `${counted(lag, 'minute')} (${minutesText(lag)})`
}

function vendorText({ provider, vendor_status: status }: NoticeIncident): string | null {
  if (status === null) return provider
  return `${provider === null ? '' : `${provider}: `}${status.replace('_', ' ')}`
}

function runText({ run_id: id, run_at: at }: NoticeIncident): string | null {
  if (at === null) return id === null ? null : `number ${id}`
  return `${timeText(at)}${id === null ? '' : `, number ${id}`}`
}

/** What there is to know of an incident, in order. */
export function factsOf(incident: NoticeIncident): Fact[] {
  const { alert_id: id, severity, opened_at: opened, cleared_at: cleared, unwatched, interval, dates, code, found, dataset } = incident
  const facts: [string, string | null][] = [
    ['Incident', `${id}, ${severity}`],
    ['Since', timeText(opened)],
    [unwatched ? 'Left' : 'Over', cleared === null ? null : timeText(cleared)],
    ['Asset', assetText(incident)],
    ['Interval', interval],
    ['Dataset', dataset],
    [dates.length === 1 ? 'Date' : 'Dates', dates.length === 0 ? null : few(dates, MOST_NAMED)],
    ['Lag', lagText(incident)],
    ['Vendor', vendorText(incident)],
    ['Run', runText(incident)],
    ['Error', code],
    ['Found', found],
  ]
  return facts.flatMap(([label, text]) => (text === null ? [] : [{ label, text }]))
}
