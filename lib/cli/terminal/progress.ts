import cliProgress from 'cli-progress'
import { duration } from './times.js'

/** Shows how far something long has come. */
export interface Progress<Shown extends Record<string, string>> {
  /** Called once it is known how many steps there are, with what is shown until the first has been taken. */
  plan(steps: number, shown: Shown): void
  /** @param steps how many were taken: one, where it is not said */
  step(shown: Shown, steps?: number): void
  /** Takes the bar away; may be called again. */
  end(): void
}

/**
 * A bar on the terminal while people watch, else nothing. In its format `{bar}`, `{value}` and `{total}` are the steps,
 * `{left}` the time that is left, once a step has shown how long one takes, and every other name what a step shows.
 */
export function progressBar<Shown extends Record<string, string>>(interactive: boolean, format: string, stream: NodeJS.WriteStream = process.stderr): Progress<Shown> {
  if (!interactive) return { plan: () => {}, step: () => {}, end: () => {} }
  const bar = new cliProgress.SingleBar({ format, barsize: 24, hideCursor: true, clearOnComplete: true, stream }, cliProgress.Presets.shades_classic)
  let [started, done, total] = [0, 0, 0]
  return {
    plan(steps, shown) {
      if (steps === 0) return
      started = performance.now()
      total = steps
      bar.start(steps, 0, { ...shown, left: '' })
    },
    step(shown, steps = 1) {
      if (total === 0) return
      done += steps
      bar.increment(steps, { ...shown, left: `${duration(((performance.now() - started) / done) * (total - done))} left` })
    },
    end: () => bar.stop(),
  }
}
