// Writes schema/dump.sql: the schema that the migrations make, described from a new embedded database.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const home = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-schema-'))
const { DATABASE_URL, PGHOST, PGPORT, PGDATABASE, PGUSER, DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD, ...env } = process.env
const ohlcv = (...args) => execFileSync(process.execPath, ['dist/bin/ohlcv.js', ...args], { env: { ...env, OHLCV_HOME: home }, encoding: 'utf8' })
try {
  ohlcv('db', 'up', '--quiet')
  writeFileSync('schema/dump.sql', ohlcv('db', 'info', '--schema'))
} finally {
  rmSync(home, { recursive: true, force: true })
}
