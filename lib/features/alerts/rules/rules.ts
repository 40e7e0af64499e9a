import { bars } from './bars.js'
import { checksums } from './checksums.js'
import { dates } from './dates.js'
import { disks } from './disks.js'
import { gaps } from './gaps.js'
import { noRun } from './no-run.js'
import { providers } from './providers.js'
import { quality } from './quality.js'
import { quota } from './quota.js'
import type { AlertRule } from './rule.js'
import { runs } from './runs.js'
import { schedule } from './schedule.js'
import { symbols } from './symbols.js'
import { undeliverable } from './undeliverable.js'

/** All rules, in the order in which what they find is told. */
export const ALERT_RULES: readonly AlertRule[] = [dates, bars, noRun, runs, checksums, disks, undeliverable, gaps, quality, providers, quota, symbols, schedule]
