import type { AssetSituation, DatasetSituation, Thresholds } from '../situation.js'

/** Minutes after it is due from which on a kind of day files is told of. */
export function staleAfterFor({ staleAfter, staleAfterOf }: Thresholds, { dataset, timespan }: Pick<DatasetSituation, 'dataset' | 'timespan'>): number {
  return staleAfterOf?.get(dataset) ?? staleAfterOf?.get(timespan) ?? staleAfter
}

/** The same of a security's bars. */
export function staleAfterOfAsset({ staleAfter, staleAfterOf }: Thresholds, { symbol, dataset, timespan }: Pick<AssetSituation, 'symbol' | 'dataset' | 'timespan'>): number {
  return staleAfterOf?.get(symbol) ?? (dataset === null ? undefined : staleAfterOf?.get(dataset)) ?? staleAfterOf?.get(timespan) ?? staleAfter
}
