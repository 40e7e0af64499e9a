import { figure } from '../../../documents/figures.js'
import { FAILED } from '../../../domain/outcome.js'
import type { DayResult } from '../../../features/load/day/result.js'
import type { LoadObserver } from '../../../features/load/load.js'
import type { LoadRequest } from '../../../features/load/request.js'
import type { Context } from '../../framework/command.js'
import { progressBar } from '../../terminal/progress.js'

/** Shows how far a load has come. */
export interface LoadProgress {
  plan: (files: number) => void
  day: (day: DayResult) => void
  end: () => void
}

/** A bar: dates done of all, rows and bytes a second, lanes, time left, the last date. */
export function loadProgress(interactive: boolean, lanes: number): LoadProgress {
  const bar = progressBar<{ rate: string; megabytes: string; date: string }>(interactive, `{bar} {value}/{total} dates  {rate} rows/s  {megabytes} MB  ${lanes} lanes  {left}  {date}`)
  let [started, rows, bytes] = [0, 0, 0]
  return {
    plan(files) {
      started = performance.now()
      bar.plan(files, { rate: '-', megabytes: '0.0', date: '' })
    },
    day({ date, counts }) {
      rows += counts?.read ?? 0
      bytes += counts?.bytes ?? 0
      bar.step({ rate: figure(Math.round(rows / ((performance.now() - started) / 1000))), megabytes: (bytes / 1e6).toFixed(1), date })
    },
    end: () => bar.end(),
  }
}

/** Tells on stderr how a load goes on: by a bar where people watch, else by a line a date. */
export function loadObserver({ dates }: Pick<LoadRequest, 'dates'>, progress: LoadProgress, { log, interactive }: Context): LoadObserver {
  return {
    onBegin(parameters) {
      const { start, end } = parameters
      if ('start' in dates && dates.end === null) log.info({ start, end }, `without --end: until ${end}, the latest session that has closed`)
      log[interactive ? 'debug' : 'info'](parameters, 'load begins')
    },
    onPlan: progress.plan,
    onDay(day) {
      progress.day(day)
      const { date, outcome, code, message, counts } = day
      const level = FAILED.has(outcome) ? 'warn' : 'info'
      log[interactive ? 'debug' : level]({ date, outcome, ...(code === null ? {} : { code, message }), ...counts }, 'date ended')
    },
  }
}
