import { DATASETS } from '../datasets/datasets.js'
import { DAY_AGGS } from '../datasets/day.js'
import type { Remedy } from '../domain/remedy.js'

/** What a command needs to be about the dataset: nothing for daily bars, else ` --dataset minute`. */
export function datasetOption(name: string): string {
  return name === DAY_AGGS.name ? '' : ` --dataset ${DATASETS.find((dataset) => dataset.name === name)?.flag}`
}

/** A remedy as the command that does it. */
export function commandOf(remedy: Remedy): string {
  const option = datasetOption(remedy.dataset)
  if (remedy.action === 'status') return `ohlcv status${option} --date ${remedy.date}`
  const { start, end, only, accept, force } = remedy
  const flags = [...(only ? [`--only ${only}`] : []), ...(accept ? ['--accept'] : []), ...(force ? ['--force'] : [])]
  return [`ohlcv load${option} --start ${start} --end ${end}`, ...flags].join(' ')
}
