import { bars } from './rules/bars.js'
import { checksums } from './rules/checksums.js'
import { dates } from './rules/dates.js'
import { disks } from './rules/disks.js'
import { gaps } from './rules/gaps.js'
import { noRun } from './rules/no-run.js'
import { providers } from './rules/providers.js'
import { quality } from './rules/quality.js'
import { quota } from './rules/quota.js'
import { runs } from './rules/runs.js'
import { schedule } from './rules/schedule.js'
import { symbols } from './rules/symbols.js'
import { undeliverable } from './rules/undeliverable.js'
import type { Situation } from './situation.js'
import type { Trouble } from './trouble.js'

/** Finds what is wrong of one kind; a pure function of what was seen. */
export type AlertRule = (situation: Situation) => Trouble[]

/** All rules, one file each below `rules/`, in the order in which what they find is told. */
export const ALERT_RULES: readonly AlertRule[] = [dates, bars, noRun, runs, checksums, disks, undeliverable, gaps, quality, providers, quota, symbols, schedule]
