import cliProgress from 'cli-progress'
import type { DayResult } from '../../features/load/day/result.js'
import { figure } from '../../documents/figures.js'
import { duration } from './times.js'

/** Shows how far a long run has come. */
export interface Progress {
  begin: (files: number) => void
  day: (day: DayResult) => void
  end: () => void
}

type Shown = Record<string, string>

/** A bar of so many steps; `{left}` in its format is the time that is left, once a step has shown how long one takes. */
export function stepBar(format: string, stream: NodeJS.WriteStream = process.stderr): { start(steps: number, shown: Shown): void; step(shown: Shown): void; stop(): void } {
  const bar = new cliProgress.SingleBar({ format, barsize: 24, hideCursor: true, clearOnComplete: true, stream }, cliProgress.Presets.shades_classic)
  let [started, done, total] = [0, 0, 0]
  return {
    start(steps, shown) {
      started = performance.now()
      total = steps
      bar.start(steps, 0, { ...shown, left: '' })
    },
    step(shown) {
      done++
      bar.increment(1, { ...shown, left: `${duration(((performance.now() - started) / done) * (total - done))} left` })
    },
    stop: () => bar.stop(),
  }
}

/** A bar on the terminal: dates done of all, rows and bytes a second, time left, the last date; nothing where nobody watches. */
export function progressBar(interactive: boolean, lanes: number): Progress {
  if (!interactive) return { begin: () => {}, day: () => {}, end: () => {} }
  const bar = stepBar(`{bar} {value}/{total} dates  {rate} rows/s  {megabytes} MB  ${lanes} lanes  {left}  {date}`)
  let started = 0
  let rows = 0
  let bytes = 0
  return {
    begin(files) {
      if (files === 0) return
      started = performance.now()
      bar.start(files, { rate: '-', megabytes: '0.0', date: '' })
    },
    day(day) {
      if (started === 0) return
      rows += day.counts?.read ?? 0
      bytes += day.counts?.bytes ?? 0
      const seconds = (performance.now() - started) / 1000
      bar.step({ rate: figure(Math.round(rows / seconds)), megabytes: (bytes / 1e6).toFixed(1), date: day.date })
    },
    end: () => bar.stop(),
  }
}
