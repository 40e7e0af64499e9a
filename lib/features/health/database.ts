import { statfs } from 'node:fs/promises'
import { externalTarget } from '../../postgres/connect.js'
import { pendingMigrations } from '../../postgres/migrations/migrate.js'
import { countSecurities } from '../../store/universe/securities.js'
import { failed, finding, ok, skipped, type Finding, type HealthCheck, type ReachedDatabase } from './check.js'

/** Versions of PostgreSQL that the suite runs on. */
const NEWEST_SERVER = 18
/** Twenty years of daily bars take about 6 GB; below this even a year may not fit. */
const LEAST_DISK = 2 * 1024 ** 3
const MOST_CLOCK_DIFFERENCE_MS = 5_000

function serverFinding({ database: { describe }, facts: { version, versionNumber, standby, newYorkNoon } }: ReachedDatabase): Finding {
  const major = Math.floor(versionNumber / 10_000)
  if (standby) return failed(`${describe} is a read-only standby`, { hint: 'name its primary' })
  if (newYorkNoon !== '08:00:00') return failed(`${describe} has no right time for America/New_York`, { hint: 'install current time zone data on the server' })
  return ok(`PostgreSQL ${version}, ${describe}${major > NEWEST_SERVER ? `; newer than ${NEWEST_SERVER}, the latest that ohlcv is tried on` : ''}`)
}

/** Says which variables name the server, whether it answers or not. */
export const server: HealthCheck = {
  name: 'database',
  async look({ env }, reach) {
    const variables = externalTarget(env)?.from
    const found = await finding(async () => serverFinding(await reach()))
    return variables === undefined ? found : { ...found, message: `${found.message} (named by ${variables})` }
  },
}

export const extension: HealthCheck = {
  name: 'extension',
  needs: 'database',
  async look(_subject, reach) {
    const { facts } = await reach()
    if (facts.extension === 'installed') return ok('btree_gist is installed')
    if (facts.extension === 'available') return failed('btree_gist is not installed', { hint: 'ohlcv db up installs it; if the role may not, its owner does by: create extension btree_gist' })
    return failed('btree_gist is not on the server', { hint: 'install PostgreSQL\'s contrib modules there, or ask its operator to allow it' })
  },
}

export const schema: HealthCheck = {
  name: 'schema',
  needs: 'database',
  async look(_subject, reach) {
    const { database } = await reach()
    const pending = await pendingMigrations(database.pool)
    return pending.length === 0 ? ok('current') : failed(`lacks ${pending.map(({ name }) => name).join(', ')}`, { hint: 'ohlcv db up' })
  },
}

export const universe: HealthCheck = {
  name: 'universe',
  needs: 'schema',
  async look({ figure }, reach) {
    const { database } = await reach()
    const count = await countSecurities(database.pool)
    return count > 0 ? ok(`${figure(count)} securities`) : failed('no securities, so no bar can be loaded', { hint: 'ohlcv universe import FILE, or ohlcv universe discover' })
  },
}

export const clock: HealthCheck = {
  name: 'clock',
  needs: 'database',
  async look(_subject, reach) {
    const { facts, asked: { before, after } } = await reach()
    const difference = Math.max(before.getTime() - facts.clock.getTime(), facts.clock.getTime() - after.getTime(), 0)
    return difference <= MOST_CLOCK_DIFFERENCE_MS
      ? ok('agrees with the database\'s')
      : failed(`differs from the database's by ${Math.round(difference / 1000)} s`, { hint: 'synchronize both with NTP' })
  },
}

export const disk: HealthCheck = {
  name: 'disk',
  needs: 'database',
  async look({ size }, reach) {
    const { database: { server } } = await reach()
    if (!server) return skipped('the database\'s disk is on its server')
    const { bavail, bsize } = await statfs(server.place.base)
    const free = bavail * bsize
    return free >= LEAST_DISK ? ok(`${size(free)} free in ${server.place.base}`) : failed(`only ${size(free)} free in ${server.place.base}`, { hint: 'make room, or name another disk with OHLCV_HOME' })
  },
}
