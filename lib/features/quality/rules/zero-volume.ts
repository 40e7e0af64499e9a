import type { BarRule } from './rule.js'

/** Bars without trades, one after the other. */
export const ZERO_VOLUME: BarRule = {
  kind: 'bar',
  name: 'zero_volume',
  weight: 2,
  meaning: 'bars without any volume for this many sessions of a security that usually trades; told once, on the session that completes them',
  advice: 'hold it against another provider (ohlcv compare); if it no longer trades, its listing has ended',
  thresholds: ['zeroVolumeSessions', 'thinVolume'],
  judge(window, { zeroVolumeSessions, thinVolume }) {
    const { at, volume } = window
    if (volume[at] !== 0) return undefined
    const since = at - zeroVolumeSessions! + 1
    if (since < 0 || (since > 0 && volume[since - 1] === 0)) return undefined
    for (let place = since; place <= at; place++) if (volume[place] !== 0) return undefined
    const usual = window.usualVolume()
    return { cause: usual === null || usual < thinVolume! ? 'quiet' : null, details: { sessions: zeroVolumeSessions!, usual: usual === null ? null : String(usual) } }
  },
}
