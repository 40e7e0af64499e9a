import type { BarSource } from '../bar-provider.js'
import { readRows } from './rows.js'

/** Tables of daily bars that were there before: they are imported, and cannot be asked. What their prices are adjusted for each bar says. */
export const LEGACY: BarSource = {
  name: 'legacy',
  stores: ['day'],
  basis: 'none',
  settlesHours: 0,
  bars: null,
  grouped: null,
  files: { read: readRows },
}
