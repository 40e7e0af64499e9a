import { statfs } from 'node:fs/promises'
import type { ConnectedDatabase } from '../../postgres/open.js'
import { pendingMigrations } from '../../postgres/migrations/migrate.js'
import { countSecurities, type Health, readHealth } from '../../postgres/health.js'
import { DAY_AGGS } from '../../datasets/dataset.js'
import { addDays } from '../../domain/dates.js'
import { OhlcvError } from '../../domain/errors.js'
import { wallTime } from '../../domain/zone.js'
import { openSource } from '../../transport/open-source.js'
import { nodeFault } from '../../domain/node-version.js'
import { fileSize } from '../terminal/bytes.js'
import type { Context } from '../framework/command.js'
import { counted, figure } from '../../documents/figures.js'

/** How one thing was found: in order, to be looked at or not in order with what to do, or not looked at. */
export interface Check {
  name: string
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  message: string
  hint?: string
}

/** What a check finds, before it has its name. */
type Finding = Omit<Check, 'name'>

const ok = (message: string): Finding => ({ state: 'ok', message })
const skipped = (message: string): Finding => ({ state: 'skipped', message })
const warning = (message: string, hint: string): Finding => ({ state: 'warning', message, hint })
const failed = (message: string, hint: string): Finding => ({ state: 'failed', message, hint })

/** Versions of PostgreSQL that the suite runs on. */
const NEWEST_SERVER = 18
/** Twenty years of daily bars take about 6 GB; below this even a year may not fit. */
const LEAST_DISK = 2 * 1024 ** 3
const MOST_CLOCK_DIFFERENCE_MS = 5_000
const SUMMER = new Date('2024-07-01T12:00:00Z')
const WINTER = new Date('2024-01-02T12:00:00Z')
const RECENT_DAYS = 31

/** Runs one check; what it throws is its finding. */
async function examine(name: string, check: () => Finding | Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await check()) }
  } catch (error) {
    const hint = error instanceof OhlcvError ? error.hint : undefined
    return { name, state: 'failed', message: (error as Error).message, ...(hint === undefined ? {} : { hint }) }
  }
}

function checkNode(version: string): Finding {
  const fault = nodeFault(version)
  return fault === undefined ? ok(`v${version}`) : failed(fault, 'install a newer Node')
}

function checkZones(): Finding {
  const zone = 'America/New_York'
  const right = wallTime(SUMMER, zone).time === '08:00:00' && wallTime(WINTER, zone).time === '07:00:00'
  return right ? ok(`this Node knows ${zone}, tz data ${process.versions['tz'] ?? 'of the system'}`) : failed(`this Node has no right time for ${zone}`, 'use a Node with full ICU data')
}

function checkServer({ version, versionNumber, standby, newYorkNoon }: Health, describe: string): Finding {
  const major = Math.floor(versionNumber / 10_000)
  if (standby) return failed(`${describe} is a read-only standby`, 'name its primary')
  if (newYorkNoon !== '08:00:00') return failed(`${describe} has no right time for America/New_York`, 'install current time zone data on the server')
  return ok(`PostgreSQL ${version}, ${describe}${major > NEWEST_SERVER ? `; newer than ${NEWEST_SERVER}, the latest that ohlcv is tried on` : ''}`)
}

function checkExtension({ extension }: Health): Finding {
  if (extension === 'installed') return ok('btree_gist is installed')
  if (extension === 'available') return failed('btree_gist is not installed', 'ohlcv db up installs it; if the role may not, its owner does by: create extension btree_gist')
  return failed('btree_gist is not on the server', 'install PostgreSQL\'s contrib modules there, or ask its operator to allow it')
}

async function checkSchema({ pool }: ConnectedDatabase): Promise<Finding> {
  const pending = await pendingMigrations(pool)
  return pending.length === 0 ? ok('current') : failed(`lacks ${pending.map(({ name }) => name).join(', ')}`, 'ohlcv db up')
}

async function checkUniverse({ pool }: ConnectedDatabase): Promise<Finding> {
  const count = await countSecurities(pool)
  return count > 0 ? ok(`${figure(count)} securities`) : failed('no securities, so no bar can be loaded', 'ohlcv universe import FILE, or ohlcv universe discover')
}

function checkClock({ clock }: Health, before: Date, after: Date): Finding {
  const difference = Math.max(before.getTime() - clock.getTime(), clock.getTime() - after.getTime(), 0)
  return difference <= MOST_CLOCK_DIFFERENCE_MS
    ? ok('agrees with the database\'s')
    : failed(`differs from the database's by ${Math.round(difference / 1000)} s`, 'synchronize both with NTP')
}

async function checkDisk({ server }: ConnectedDatabase): Promise<Finding> {
  if (!server) return skipped('the database\'s disk is on its server')
  const { bavail, bsize } = await statfs(server.place.base)
  const free = bavail * bsize
  return free >= LEAST_DISK ? ok(`${fileSize(free)} free in ${server.place.base}`) : failed(`only ${fileSize(free)} free in ${server.place.base}`, 'make room, or name another disk with OHLCV_HOME')
}

async function checkSource({ settings, env, now, signal }: Context): Promise<Finding> {
  if (settings.source === undefined) return skipped('none is set (OHLCV_SOURCE)')
  const source = openSource(settings.source, { env, maxFileBytes: settings.maxFileBytes })
  try {
    const end = wallTime(now(), 'America/New_York').date
    const files = await source.list(DAY_AGGS, { start: addDays(end, -RECENT_DAYS), end }, signal)
    if (files.size === 0) {
      return warning(`${source.uri} has no day file of the last ${RECENT_DAYS} days`, 'if it should, see whether it is the right one and still gets its files; one of older files is loaded with --start and --end')
    }
    return ok(`${source.uri}: ${counted(files.size, 'day file')} of the last ${RECENT_DAYS} days`)
  } finally {
    await source.close()
  }
}

/** Says whether credentials are there, never what they are. */
function checkCredentials({ settings, env }: Context): Finding {
  if (!/^s3:/i.test(settings.source ?? '')) return skipped('no S3 source is set')
  if (env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) return ok('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set')
  if (env['AWS_ACCESS_KEY_ID'] || env['AWS_SECRET_ACCESS_KEY']) {
    return failed(`${env['AWS_ACCESS_KEY_ID'] ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, but its counterpart is`, 'set both')
  }
  if (env['AWS_PROFILE']) return ok('those of the AWS_PROFILE')
  return skipped('none in the environment; the AWS SDK\'s other places apply')
}

/** The checks of the database, which says which variables name it; those that build on one another are skipped when it cannot be reached. */
export async function examineDatabase(connect: () => Promise<ConnectedDatabase>, namedBy: () => string | undefined, now: () => Date): Promise<Check[]> {
  let variables: string | undefined
  let database: ConnectedDatabase | undefined
  let health: Health | undefined
  const [before, after] = [now(), now()]
  const found = await examine('database', async () => {
    variables = namedBy()
    database = await connect()
    before.setTime(now().getTime())
    health = await readHealth(database.pool)
    after.setTime(now().getTime())
    return checkServer(health, database.describe)
  })
  const server = variables === undefined ? found : { ...found, message: `${found.message} (named by ${variables})` }
  const [open, facts] = [database, health]
  if (!open || !facts) {
    return [server, ...['extension', 'schema', 'universe', 'clock', 'disk'].map((name) => ({ name, ...skipped('needs the database') }))]
  }
  try {
    const schema = await examine('schema', () => checkSchema(open))
    return [
      server,
      await examine('extension', () => checkExtension(facts)),
      schema,
      await examine('universe', () => (schema.state === 'ok' ? checkUniverse(open) : skipped('needs the schema'))),
      await examine('clock', () => checkClock(facts, before, after)),
      await examine('disk', () => checkDisk(open)),
    ]
  } finally {
    await open.close()
  }
}

/** The checks that need no database. */
export async function examineSurroundings(context: Context): Promise<Check[]> {
  return [
    await examine('node', () => checkNode(process.versions.node)),
    await examine('time zones', checkZones),
    await examine('credentials', () => checkCredentials(context)),
    await examine('source', () => checkSource(context)),
  ]
}
