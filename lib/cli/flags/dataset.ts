import type { Dataset } from '../../datasets/dataset.js'
import { DATASETS } from '../../datasets/datasets.js'
import { DAY_AGGS } from '../../datasets/day.js'

/** The flag by which a kind of bars is chosen. */
export const DATASET_FLAG = { choices: DATASETS.map(({ flag }) => flag), default: DAY_AGGS.flag, describe: 'which kind of bars' } as const

/** The dataset that the flag names; yargs has refused every other name. */
export function readDataset(flag: string): Dataset {
  return DATASETS.find((dataset) => dataset.flag === flag) ?? DAY_AGGS
}
