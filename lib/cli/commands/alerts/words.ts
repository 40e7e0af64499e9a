import type { DocumentOf } from '../../../documents/document.js'
import type { ALERTS, ALERTS_MUTE } from '../../../documents/alerts.js'
import { few } from '../../../documents/figures.js'
import { lagText } from '../../../documents/service/verdict.js'
import { styled, type Style } from '../../terminal/colour.js'
import { printable } from '../../terminal/printable.js'

export type Incident = DocumentOf<typeof ALERTS>['alerts'][number]
export type Mute = DocumentOf<typeof ALERTS_MUTE>['mute']

const STYLES: Readonly<Record<Incident['severity'], Style>> = { critical: 'red', warning: 'yellow', info: 'blue' }

/** How an incident stands, in a word: how bad it is, that somebody looks after it, or that it is over. */
export function stateOf({ severity, acknowledged_at: acknowledged, cleared_at: cleared }: Incident): string {
  return cleared !== null ? 'cleared' : acknowledged !== null ? `${severity}, acknowledged` : severity
}

/** A word in the colour of how bad it is; what is over has none. */
export function inSeverity(text: string, { severity, cleared_at: cleared }: Incident, colour: boolean): string {
  return cleared === null ? styled(text, STYLES[severity], colour) : text
}

/** What an incident is about, in a few words; null: everything. */
export function aboutOf({ dataset, symbol, timespan, provider, details: { symbols } }: Incident): string | null {
  const securities = symbol ?? (symbols.length === 0 ? null : few(symbols, 3))
  return [securities === null ? null : printable(securities), timespan, dataset, provider === null ? null : printable(provider)].filter((part) => part !== null).join(' ') || null
}

/** `3 days 9 hours`; null where it is about no date. */
export function lateOf({ details: { lag_minutes: lag } }: Incident): string | null {
  return lag === null ? null : lagText(lag)
}

/** What a mute is about: `alert 7`, `kind stale, SPY`. */
export function mutedText({ alert_id: alertId, kind, dataset, symbol, provider }: Mute): string {
  return [
    alertId === null ? null : `alert ${alertId}`, kind === null ? null : `kind ${kind}`, dataset, symbol === null ? null : printable(symbol), provider === null ? null : printable(provider),
  ].filter((part) => part !== null).join(', ')
}
