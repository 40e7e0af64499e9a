import { figure } from '../../../documents/figures.js'
import { isFailed, type ImportPorts } from '../../../features/fetch/import/import.js'
import type { Context } from '../../framework/command.js'
import { progressBar } from '../../terminal/progress.js'

/** How far an import has come. */
export interface ImportProgress extends Required<Pick<ImportPorts, 'onBegin' | 'onUnit'>> {
  plan: (size: number) => void
  /** Told what a dry run has read. */
  onRead: (size: number) => void
  end: () => void
}

/** Tells on stderr how an import goes on: by a bar where people watch, else by lines. */
export function importProgress({ log, interactive }: Context): ImportProgress {
  const bar = progressBar<{ bars: string; symbol: string }>(interactive, '{bar} {value}/{total}  {bars} bars  {left}  {symbol}')
  const [level, warn] = interactive ? ['debug', 'debug'] as const : ['info', 'warn'] as const
  let bars = 0
  return {
    plan: (size) => bar.plan(size, { bars: '0', symbol: '' }),
    onBegin: (job) => log[level]({ job }, `=== PROCESSING JOB ${job} ===`),
    onUnit(unit, size) {
      bars += unit?.counts.bars ?? 0
      bar.step({ bars: figure(bars), symbol: unit?.symbol ?? '' }, size)
      if (unit === null) return
      const { symbol, part, status, code, message, counts } = unit
      log[isFailed(unit) ? warn : level]({ symbol, ...(part !== '' && { file: part }), status, ...(code !== null && { code, message }), ...counts }, `${symbol} ended`)
    },
    onRead: (size) => bar.step({ bars: '', symbol: '' }, size),
    end: () => bar.end(),
  }
}
