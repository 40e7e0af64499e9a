import type { Summary } from './parts.js'
import { instantText, spanText } from './panels/parts/formats.js'

// What the page says, in words for people.

const BARS: Readonly<Record<string, string>> = { day: 'Daily bars', minute: 'Minute bars', hour: 'Hourly bars', week: 'Weekly bars', month: 'Monthly bars' }

/** `Daily bars`. */
export function barsText(interval: string): string {
  return BARS[interval] ?? interval
}

/** A share in percent, never told as more than it is: 99.999 is `99.99 %`, and only all is `100 %`. */
export function percentText(percent: number): string {
  return `${(Math.floor(percent * 100) / 100).toFixed(2).replace(/\.?0+$/, '')} %`
}

/** A score from 0 to 1, never told as more than it is. */
export function scoreText(score: number): string {
  return (Math.floor(score * 1000) / 1000).toFixed(3)
}

/** `3 d 9 h behind`. */
export function lagText(minutes: number | null): string {
  if (minutes === null) return 'nothing loaded'
  return minutes === 0 ? 'current' : `${spanText(minutes * 60_000)} behind`
}

/** A date, or an instant to the minute. */
export function barTimeText(time: string): string {
  return time.length === 10 ? time : instantText(time).slice(0, 16)
}

/** `2026-11-20`, or `2026-11-20 to 2026-11-22`. */
export function rangeText(start: string, end: string): string {
  return start === end ? start : `${start} to ${end}`
}

/** `rate-limited`: how a provider is doing, as its badge has it. */
export function vendorText(state: Summary['vendors'][number]['state']): string {
  return state.replace('_', '-')
}
