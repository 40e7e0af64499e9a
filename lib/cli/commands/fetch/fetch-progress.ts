import { figure } from '../../../documents/figures.js'
import type { FetchObserver } from '../../../features/fetch/fetch.js'
import type { Context } from '../../framework/command.js'
import { progressBar } from '../../terminal/progress.js'

/** Tells on stderr how a fetch goes on: by a bar where people watch, else by lines. */
export function fetchProgress({ log, interactive }: Context): Required<FetchObserver> & { end: () => void } {
  const bar = progressBar<{ bars: string; symbol: string }>(interactive, '{bar} {value}/{total}  {bars} bars  {left}  {symbol}')
  // Lines would tear the bar apart, and what is wrong is told once more at the end.
  const [level, warn] = interactive ? ['debug', 'debug'] as const : ['info', 'warn'] as const
  let bars = 0
  return {
    onBegin(job, parameters, steps) {
      log[level]({ job, ...parameters }, `=== PROCESSING JOB ${job} ===`)
      if (parameters.symbols !== null) log[level]({ job }, `Symbols in message: [${parameters.symbols.map((symbol) => `'${symbol}'`).join(', ')}]`)
      const { hours } = parameters
      if (hours !== null && hours.start > parameters.start) log[level](hours, 'hours are asked for the last two sessions only, whatever the range')
      bar.plan(steps, { bars: '0', symbol: '' })
    },
    onSymbol: (symbol, place, of) => log[level](`Processing ${symbol} (${place}/${of})`),
    onDescribed(symbol, details) {
      if (details === null) log[warn]({ symbol }, `No metadata found for ${symbol}`)
      else log[level]({ symbol }, `Symbol registered: ${details.name ?? symbol}`)
    },
    onUnit: (symbol, timespan, provider) => log[level](`Fetching ${symbol} ${timespan.name} bars via ${provider.bars.title}...`),
    onUnitEnd(symbol, timespan, { part, status, code, message, counts, counted, expected }) {
      const fields = { symbol, timespan: timespan.name, ...(part !== '' && { part }), status, ...(code !== null && { code }) }
      if (status === 'failed' || status === 'rejected') {
        log[warn](fields, `${symbol} ${timespan.name} bars: ${message}`)
        return
      }
      const regular = timespan.name === 'hour' && counted !== null && counted !== counts.bars ? `, ${figure(counted)} of the regular session` : ''
      log[level](fields, `API returned ${counts.bars} ${timespan.name} bars for ${symbol}${regular}`)
      log[level]({ ...fields, ...counts, counted, expected }, `Inserted ${counts.inserted} bars into ${timespan.table}`)
    },
    onSymbolEnd({ symbol, error, units }) {
      bars += units.reduce((sum, { counts }) => sum + counts.bars, 0)
      bar.step({ bars: figure(bars), symbol })
      if (error !== null) log[warn]({ code: error.code }, error.message)
    },
    end: () => bar.end(),
  }
}
