import { medianBefore, told } from './figures.js'
import type { BarRule, Window } from './rule.js'

/** A price that usually moves by less than five cents can well come again. */
const LEAST_MOVE = 0.05

/** Whether closes before the run that begins here moved, so that the same one again and again is no chance. */
function usuallyMoves({ close }: Window, since: number): boolean {
  const move = medianBefore(since, (place) => (place === 0 ? LEAST_MOVE : Math.abs(close[place]! - close[place - 1]!)))
  return move !== null && move >= LEAST_MOVE
}

/** The same close again and again. */
export const STALE: BarRule = {
  kind: 'bar',
  name: 'stale',
  weight: 3,
  meaning: 'the close is the same for this many sessions, with volume, of a security whose price usually moves; told once, on the session that completes them',
  advice: 'hold it against another provider (ohlcv compare): the vendor may repeat an old price',
  thresholds: ['staleSessions'],
  judge(window, { staleSessions }) {
    const { at, close, volume } = window
    if (at === 0 || close[at] !== close[at - 1]) return undefined
    const since = at - staleSessions! + 1
    if (since < 1 || close[since - 1] === close[at]) return undefined
    for (let place = since; place <= at; place++) if (close[place] !== close[at] || volume[place] === 0) return undefined
    return usuallyMoves(window, since) ? { cause: null, details: { close: told(close[at]!), sessions: staleSessions! } } : undefined
  },
}
