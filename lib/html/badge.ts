import { html } from './html.js'

/** What a badge can say of the data; `unknown` where it cannot be asked. */
export const BADGE_STATES = ['current', 'attention', 'stale', 'empty', 'unknown'] as const
export type BadgeState = (typeof BADGE_STATES)[number]

const LABEL = 'market data'
/** White on each has a contrast of 4.5 or more. */
const COLOURS: Readonly<Record<BadgeState, string>> = { current: '#2c7a1f', attention: '#8f5a00', stale: '#b3261e', empty: '#5f6368', unknown: '#5f6368' }
/** About what a letter takes of the font; the text is made to fit. */
const LETTER = 6.2
const PADDING = 6

const widthOf = (text: string): number => Math.round(text.length * LETTER) + 2 * PADDING

/** A badge as an SVG: for README files and dashboards. */
export function badge(state: BadgeState): string {
  const [left, right] = [widthOf(LABEL), widthOf(state)]
  const said = `${LABEL}: ${state}`
  const word = (text: string, from: number, width: number) =>
    html`<text x="${from + width / 2}" y="14" text-anchor="middle" textLength="${width - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${text}</text>`
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${said}"><title>${said}</title><rect width="${left + right}" height="20" rx="3" fill="#3c4043"/><path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z" fill="${COLOURS[state]}"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${word(LABEL, 0, left)}${word(state, left, right)}</g></svg>`.text
}
