/**
 * A root in capitals; `p` and a class for preferreds, `r` for rights, then `w` where they are when issued or `wd` when distributed; and what stands behind
 * points: a class (none has a letter by which it would be called as a preferred or a right), `.WS` for warrants, `.U` for units, `.CL` for called.
 */
const TICKER = /^([A-Z]+)(?:(p)([A-Z])?|(r))?(wd?)?((?:\.(?!(?:P|R|W|WD)(?:\.|$))[A-Z]+)*)$/

/**
 * What the vendor calls a ticker: all of it in capitals, each part behind a hyphen (`BRK-B`, `BAC-P-Y-CL`, `ACHR-WS`, `ACP-R-W`), by its LISTING_STATUS. A
 * point stands there before another country's exchange (`TSCO.LON`), which day files have none of. Null for what has no such form.
 */
export function nameOf(ticker: string): string | null {
  const parts = TICKER.exec(ticker)?.slice(1)
  return parts?.filter((part) => part !== undefined && part !== '').join('-').replaceAll('-.', '-').replaceAll('.', '-').toUpperCase() ?? null
}
