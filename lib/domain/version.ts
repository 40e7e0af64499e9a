import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The folder that holds package.json, schema and fixtures: the nearest one above this file, compiled or not.
 */
export const PACKAGE_ROOT = fileURLToPath(new URL(import.meta.url.includes('/dist/lib/') ? '../../..' : '../..', import.meta.url))

/** The version of the program, from package.json. */
export const VERSION = (JSON.parse(readFileSync(`${PACKAGE_ROOT}/package.json`, 'utf8')) as { version: string }).version
