import type { IsoDate } from '../../../domain/dates.js'
import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'
import { named } from './words.js'

function troubleOf(dataset: string, dates: readonly IsoDate[]): Trouble {
  const hint = dates.length === 1 ? `--start ${dates[0]} --end ${dates[0]}` : `--start ${dates[0]} --end ${dates.at(-1)}`
  return {
    kind: 'checksum', severity: 'critical', topic: `checksums ${dataset}`, parts: dates, dataset, symbol: null, timespan: null, provider: null,
    summary: `The stored bars of ${named(dates)} (${dataset}) are not those that ${dates.length === 1 ? 'its file' : 'their files'} gave: they were changed, lost or damaged since.`,
    hint: `see what differs with: ohlcv verify ${hint}; load what the files say again: ohlcv verify ${hint} --repair`,
    details: { dates },
    only: (parts) => troubleOf(dataset, dates.filter((date) => parts.includes(date))),
  }
}

/** Dates whose bars do not add up to those of their file. */
export function checksums({ checksumMismatches: found }: Situation): Trouble[] {
  return [...new Set(found.map(({ dataset }) => dataset))].map((dataset) => troubleOf(dataset, found.filter((each) => each.dataset === dataset).map(({ date }) => date)))
}
