import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'

/** Below so much of what is to be free it is critical. */
const CRITICAL_SHARE = 0.3

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/** Disks that are nearly full. */
export function disks({ disks: found, thresholds: { minDiskFree } }: Situation): Trouble[] {
  return found.flatMap(({ name, freeBytes, totalBytes }): Trouble[] => {
    const percent = totalBytes === 0 ? 100 : (freeBytes / totalBytes) * 100
    if (percent >= minDiskFree) return []
    const free = (Math.floor(percent * 10) / 10).toFixed(1)
    return [{
      kind: 'disk', severity: percent < minDiskFree * CRITICAL_SHARE ? 'critical' : 'warning', topic: `disk ${name}`, parts: [''], dataset: null, symbol: null, timespan: null, provider: null,
      summary: `The disk of the ${name} is nearly full: ${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free (${free} %, at least ${minDiskFree} % wanted). When it is full nothing can be loaded any more.`,
      hint: 'see what takes room with: df and du; kept answers of providers are dropped by: ohlcv fetches prune; or move it to a larger disk',
      details: { found: `${free} % free, at least ${minDiskFree} % wanted` },
    }]
  })
}
