import { roughly, told } from './figures.js'
import type { BarRule } from './rule.js'

/** A price that moves by so many times the usual says why there was any volume. */
const MOVED = 8

/** A volume beyond all that is usual. */
export const VOLUME: BarRule = {
  kind: 'bar',
  name: 'volume',
  weight: 0,
  meaning: 'the volume is this many times the usual one and falls back at once, while the price hardly moves',
  advice: 'hold it against another provider: block trades and rebalancing are real, a factor of a thousand is not',
  thresholds: ['unusualVolume', 'thinVolume'],
  judge(window, { unusualVolume, thinVolume }) {
    const { at, length, volume, close, high, low } = window
    const [before, now] = [at > 0 ? volume[at - 1]! : Infinity, volume[at]!]
    if (!Number.isFinite(now) || now < unusualVolume! * before || at + 1 >= length || now < unusualVolume! * volume[at + 1]!) return undefined
    const [usual, volatility] = [window.usualVolume(), window.volatility()]
    if (usual === null || volatility === null || usual < thinVolume! || now < unusualVolume! * usual) return undefined
    const moved = Math.max(Math.abs(Math.log(close[at]! / close[at - 1]!)), Math.log(high[at]! / low[at]!) / 2)
    return { cause: moved > MOVED * volatility ? 'news_move' : null, details: { volume: told(now), usual: told(usual), times: roughly(now / usual) } }
  },
}
