import { existsSync } from 'node:fs'
import path from 'node:path'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'

/** Answers as they were recorded: REAL_DATA names the folder that has them. They belong to their vendors, and are not ours to pass on. */
export const RECORDED = path.join(process.env['REAL_DATA'] ?? path.join(PACKAGE_ROOT, '..', 'shared', 'real'), 'rest')

/** Options of a test that reads them. */
export const withRecorded = existsSync(RECORDED) ? {} : { skip: 'the recorded answers are not here: REAL_DATA may name their folder' }
