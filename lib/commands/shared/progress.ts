import cliProgress from 'cli-progress'
import type { DayResult } from '../../load/result.js'
import { figure } from './table.js'

/** Shows how far a long run has come. */
export interface Progress {
  begin: (files: number) => void
  day: (day: DayResult) => void
  end: () => void
}

/** A bar on the terminal: dates done of all, rows and bytes a second, time left, the last date; nothing where nobody watches. */
export function progressBar(interactive: boolean, lanes: number): Progress {
  if (!interactive) return { begin: () => {}, day: () => {}, end: () => {} }
  const bar = new cliProgress.SingleBar({
    format: `{bar} {value}/{total} dates  {rate} rows/s  {megabytes} MB  ${lanes} lanes  {eta_formatted} left  {date}`,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  }, cliProgress.Presets.shades_classic)
  let started = 0
  let rows = 0
  let bytes = 0
  return {
    begin(files) {
      if (files === 0) return
      started = performance.now()
      bar.start(files, 0, { rate: '-', megabytes: '0.0', date: '' })
    },
    day(day) {
      if (started === 0) return
      rows += day.counts?.read ?? 0
      bytes += day.counts?.bytes ?? 0
      const seconds = (performance.now() - started) / 1000
      bar.increment(1, { rate: figure(Math.round(rows / seconds)), megabytes: (bytes / 1e6).toFixed(1), date: day.date })
    },
    end: () => bar.stop(),
  }
}
