import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import { WATCHED } from '../../domain/watched.js'

interface Setting<T> {
  /** The name of the flag, without dashes, and of the key in the config file. */
  name: string
  /** The environment variable. */
  env: string
  /** Another environment variable, which other programs read too; it counts where `env` is not set. */
  alias?: string
  describe: string
  fallback: T
  /** Reads the text or config value; throws a RangeError that completes "NAME must be ...". */
  read(value: unknown): T
}

function number<T extends number | undefined>(name: string, env: string, fallback: T, limits: { min: number; max: number; integer?: boolean }, describe: string, alias?: string): Setting<number | T> {
  return {
    name, env, describe, fallback, ...(alias !== undefined && { alias }),
    read(value) {
      const parsed = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
      const kind = limits.integer === false ? 'a number' : 'a whole number'
      if (!(parsed >= limits.min && parsed <= limits.max) || (limits.integer !== false && !Number.isInteger(parsed))) {
        throw new RangeError(`must be ${kind} from ${limits.min} to ${limits.max}`)
      }
      return parsed
    },
  }
}

function text<T extends string | undefined>(name: string, env: string, fallback: T, describe: string, pattern = /[^]/, form = 'text that is not empty'): Setting<string | T> {
  return {
    name, env, describe, fallback,
    read(value) {
      if (typeof value !== 'string' || !pattern.test(value)) throw new RangeError(`must be ${form}`)
      return value
    },
  }
}

function list(name: string, env: string, fallback: readonly string[], max: number, describe: string): Setting<readonly string[]> {
  return {
    name, env, describe, fallback,
    read(value) {
      const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '') : value
      if (!Array.isArray(entries) || entries.length > max || !entries.every((entry) => typeof entry === 'string' && entry !== '')) throw new RangeError(`must be a list of at most ${max}, divided by commas`)
      return [...new Set(entries as string[])]
    },
  }
}

/** Where something is on the web. */
function webPage(name: string, env: string, describe: string): Setting<string | undefined> {
  return {
    name, env, describe, fallback: undefined,
    read(value) {
      const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
      if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') throw new RangeError('must be an address as https://host/path, without a user or password')
      return url.href
/** Minutes by name, written as they are read: a process that another one starts is given its settings so. */
class MinutesByName extends Map<string, number> {
  override toString(): string {
    return [...this].map(([name, minutes]) => `${name}=${minutes}`).join(',')
  }
}

/** Names, each with a number of minutes. */
function minutesOf(name: string, env: string, describe: string): Setting<MinutesByName | undefined> {
  return {
    name, env, describe, fallback: undefined,
    read(value) {
      const entries = typeof value === 'string' ? value.split(',').map((entry) => /^\s*([^\s=]+)\s*=\s*(\d{1,7})\s*$/.exec(entry)) : [null]
      if (entries.includes(null)) throw new RangeError('must be names with minutes, divided by commas (SPY=30,minute_aggs=120)')
      return new MinutesByName(entries.map((entry) => [entry![1]!, Number(entry![2])]))
    },
  }
}

/** Addresses and networks, and the names that some of these have. */
function networks(name: string, env: string, describe: string): Setting<string | undefined> {
  const isNetwork = (entry: string): boolean => {
    const [address = '', prefix = '0', ...more] = entry.split('/')
    return more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= ({ 4: 32, 6: 128 }[isIP(address)] ?? -1)
  }
  return {
    name, env, describe, fallback: undefined,
    read(value) {
      const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : []
      if (entries.length === 0 || !entries.every((entry) => ['loopback', 'linklocal', 'uniquelocal'].includes(entry) || isNetwork(entry))) {
        throw new RangeError('must be loopback, linklocal, uniquelocal, addresses or networks (10.0.0.0/8), divided by commas')
      }
      return entries.join(',')
    },
  }
}

const MIB = 1024 ** 2

/** Every setting, one a line: flag and config key, environment variable, default, limits, meaning. */
export const SETTINGS = {
  source: text('source', 'OHLCV_SOURCE', undefined, 'where day files come from: s3://bucket/prefix, or a directory in the same layout'),
  home: text('home', 'OHLCV_HOME', undefined, 'where the embedded PostgreSQL keeps its files (default: .ohlcv of the project)'),
  answers: text('answers', 'OHLCV_RAW', undefined, 'where answers of providers are kept as they came: a directory, or s3://bucket/prefix (default: raw below OHLCV_HOME)'),
  keepAnswers: number('keep-answers', 'OHLCV_KEEP_ANSWERS', undefined, { min: 0, max: 36_500 }, 'days that answers of providers are kept (default: for ever)'),
  keepProviderBars: number('keep-provider-bars', 'OHLCV_KEEP_PROVIDER_BARS', undefined, { min: 0, max: 36_500 }, 'days back that provider_bars holds bars of (default: for ever)'),
  providers: text('providers', 'OHLCV_PROVIDERS', undefined, 'file with the priorities and limits of providers (default: the providers.yaml that came with the program)'),
  lanes: number('lanes', 'OHLCV_LANES', 3, { min: 1, max: 64 }, 'dates loaded at once, each on a connection of its own'),
  fetchLanes: number('fetch-lanes', 'OHLCV_FETCH_LANES', 8, { min: 1, max: 64 }, 'symbols fetched at once'),
  maxRejected: number('max-rejected', 'OHLCV_MAX_REJECTED', 5, { min: 0, max: 100, integer: false }, 'refuse a file that would reject more than this percentage of its rows'),
  maxRemoved: number('max-removed', 'OHLCV_MAX_REMOVED', 5, { min: 0, max: 100, integer: false }, 'refuse a file that would remove more than this percentage of the date\'s bars'),
  publishedAt: text('published-at', 'OHLCV_PUBLISHED_AT', '11:00', 'exchange time on the next day by which a file is published', /^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, HH:MM'),
  missingAfter: number('missing-after', 'OHLCV_MISSING_AFTER', 24, { min: 0, max: 240 }, 'hours after the publication time from which a file counts as missing'),
  staleAfter: number('stale-after', 'OHLCV_STALE_AFTER', 60, { min: 0, max: 1_000_000 }, 'minutes after a file is due from which data without it is stale'),
  staleAfterOf: minutesOf('stale-after-of', 'OHLCV_STALE_AFTER_OF', 'the same for some of it alone: symbols, kinds of files or lengths of bars, for instance SPY=30,minute_aggs=120,week=1440'),
  watch: list('watch', 'OHLCV_WATCH', WATCHED, 200, 'symbols that the status page tells of, divided by commas'),
  statusUrl: webPage('status-url', 'OHLCV_STATUS_URL', 'where people find the status page, for links in what they are sent'),
  mailTo: list('mail-to', 'OHLCV_MAIL_TO', [], 50, 'who is mailed of what is wrong, divided by commas: all in one mail'),
  mailFrom: text('mail-from', 'OHLCV_MAIL_FROM', undefined, 'who such a mail is from (default: the user of the mail server, where that is an address)'),
  mailPrefix: text('mail-prefix', 'OHLCV_MAIL_PREFIX', '[ohlcv]', 'what the subject of a mail begins with'),
  port: number('port', 'OHLCV_PORT', 8080, { min: 0, max: 65_535 }, 'port that the status service listens at; 0: any that is free'),
  host: text('host', 'OHLCV_HOST', '127.0.0.1', 'address that it listens at; 0.0.0.0 or ::: all of this machine'),
  rateLimit: number('rate-limit', 'OHLCV_RATE_LIMIT', 600, { min: 1, max: 1_000_000 }, 'requests that one client may make in a minute'),
  trustProxy: networks('trust-proxy', 'OHLCV_TRUST_PROXY', 'proxies before the service, whose X-Forwarded-For says who the client is: loopback, or addresses and networks, divided by commas'),
  vendorsEvery: number('vendors-every', 'OHLCV_VENDORS_EVERY', 10, { min: 0, max: 1440 }, 'minutes between two looks at how the providers answer, while the status service runs; 0: it does not look'),
  minDataQuality: number('min-data-quality', 'OHLCV_MIN_DATA_QUALITY', 0.6, { min: 0, max: 1, integer: false }, 'a security or date with a lower score of quality is named', 'MIN_DATA_QUALITY'),
  minDiskFree: number('min-disk-free', 'OHLCV_MIN_DISK_FREE', 10, { min: 0, max: 100, integer: false }, 'percent of a disk below which it is nearly full, and people are told'),
  pingUrl: text('ping-url', 'OHLCV_PING_URL', undefined, 'address that is asked after each good load of day files and each good sync, of a service that tells people when nobody asks', /^https?:\/\/\S+$/, 'an address that begins with https:// or http://'),
  thinBelow: number('thin-below', 'OHLCV_THIN_BELOW', 80, { min: 0, max: 100, integer: false }, 'a date is thin when it has less than this percentage of the bars that the sessions around it have'),
  thickAbove: number('thick-above', 'OHLCV_THICK_ABOVE', 125, { min: 100, max: 10_000, integer: false }, 'a date has too many bars when it has more than this percentage of those that the sessions around it have'),
  repeatedAbove: number('repeated-above', 'OHLCV_REPEATED_ABOVE', 50, { min: 0, max: 100, integer: false }, 'a date repeats the one before when more than this percentage of its bars are equal'),
  dateVolume: number('date-volume', 'OHLCV_DATE_VOLUME', 1.8, { min: 1, max: 100, integer: false }, 'times the volume of the sessions before and after from which the volumes of a whole date are too high'),
  nullThreshold: number('null-threshold', 'OHLCV_NULL_THRESHOLD', 0.05, { min: 0, max: 1, integer: false }, 'share of the cells of a bar that may be null or absent', 'NULL_THRESHOLD'),
  largeMove: number('large-move', 'OHLCV_LARGE_MOVE', 20, { min: 1, max: 1000, integer: false }, 'percent from close to close above which a move is an event'),
  moveVolatility: number('move-volatility', 'OHLCV_MOVE_VOLATILITY', 12, { min: 1, max: 1000, integer: false }, 'times the usual move of a security that explain a large move which stays'),
  moveVolume: number('move-volume', 'OHLCV_MOVE_VOLUME', 2, { min: 1, max: 1000, integer: false }, 'times the usual volume, or that of the session before, that explain a large move which stays'),
  spikeMove: number('spike-move', 'OHLCV_SPIKE_MOVE', 10, { min: 1, max: 1000, integer: false }, 'percent from close to close above which a move is a spike when the next session takes it back'),
  spikeVolatility: number('spike-volatility', 'OHLCV_SPIKE_VOLATILITY', 12, { min: 1, max: 1000, integer: false }, 'times the usual move of a security that explain a spike'),
  wickMove: number('wick-move', 'OHLCV_WICK_MOVE', 25, { min: 1, max: 1000, integer: false }, 'percent above which a high or low is far from the closes around it'),
  wickRange: number('wick-range', 'OHLCV_WICK_RANGE', 5, { min: 1, max: 1000, integer: false }, 'times the usual range of a security, from low to high, that explain a far high or low'),
  newsVolume: number('news-volume', 'OHLCV_NEWS_VOLUME', 4, { min: 1, max: 1000, integer: false }, 'times the usual volume that explain a spike, or a far high or low'),
  absurdMove: number('absurd-move', 'OHLCV_ABSURD_MOVE', 200, { min: 20, max: 100_000, integer: false }, 'percent from which a spike, or a far high or low, is explained by nothing'),
  marketMove: number('market-move', 'OHLCV_MARKET_MOVE', 2.5, { min: 0.1, max: 100, integer: false }, 'percent that half of all securities move by, and more, when the whole market explains a move'),
  thinVolume: number('thin-volume', 'OHLCV_THIN_VOLUME', 5000, { min: 0, max: 1_000_000_000 }, 'usual volume, in shares, below which one order can move a price'),
  splitVolume: number('split-volume', 'OHLCV_SPLIT_VOLUME', 4, { min: 1, max: 1000, integer: false }, 'times that the volume may differ from what a split makes of it'),
  unusualVolume: number('unusual-volume', 'OHLCV_UNUSUAL_VOLUME', 100, { min: 2, max: 1_000_000, integer: false }, 'times the usual volume from which a volume is unusual'),
  staleSessions: number('stale-sessions', 'OHLCV_STALE_SESSIONS', 8, { min: 2, max: 50 }, 'sessions with the same close from which a price is stale'),
  maxApart: number('max-apart', 'OHLCV_MAX_APART', 0.01, { min: 0, max: 100, integer: false }, 'percent by which prices of two sources may differ'),
  maxMinuteVolume: number('max-minute-volume', 'OHLCV_MAX_MINUTE_VOLUME', 1, { min: 0, max: 1000, integer: false }, 'percent by which the volume of a session\'s minutes may be above that of its day'),
  zeroVolumeSessions: number('zero-volume-sessions', 'OHLCV_ZERO_VOLUME_SESSIONS', 5, { min: 2, max: 50 }, 'sessions without volume, one after the other, from which they are told'),
  maxGapShare: number('max-gap-share', 'OHLCV_MAX_GAP_SHARE', 0.1, { min: 0, max: 100, integer: false }, 'percent of the expected bars from which on too many are not there'),
  usuallyTrades: number('usually-trades', 'OHLCV_USUALLY_TRADES', 90, { min: 1, max: 100, integer: false }, 'a security is expected when it had a bar on this percentage of the sessions before'),
  maxLineBytes: number('max-line-bytes', 'OHLCV_MAX_LINE_BYTES', 64 * 1024, { min: 256, max: 16 * MIB }, 'longest line a file may have'),
  maxFileBytes: number('max-file-bytes', 'OHLCV_MAX_FILE_BYTES', 16 * 1024 * MIB, { min: 1024, max: 1024 * 1024 * MIB }, 'most bytes a file may have once decompressed'),
  maxFileLines: number('max-file-lines', 'OHLCV_MAX_FILE_LINES', 20_000_000, { min: 2, max: 1_000_000_000 }, 'most lines a file may have, blank ones included'),
  maxRejectedRows: number('max-rejected-rows', 'OHLCV_MAX_REJECTED_ROWS', 10_000, { min: 1, max: 1_000_000 }, 'most rejected rows kept for a date'),
  dateTimeout: number('date-timeout', 'OHLCV_DATE_TIMEOUT', 3600, { min: 1, max: 86_400 }, 'seconds one date may take'),
  maxActions: number('max-actions', 'OHLCV_MAX_ACTIONS', 4, { min: 1, max: 64 }, 'actions asked of the status service that are done at once; more are refused'),
  databaseWait: number('database-wait', 'OHLCV_DATABASE_WAIT', 30, { min: 0, max: 3600 }, 'seconds to wait for a database that takes no connection while a load runs'),
} satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof SETTINGS
export type Settings = { readonly [K in SettingName]: ReturnType<(typeof SETTINGS)[K]['read']> | (typeof SETTINGS)[K]['fallback'] }

/** The config file named, else `ohlcv.config.json` of the current directory if there; parsed, or a UsageError. */
function readConfigFile(named: string | undefined): { file: string; values: Record<string, unknown> } | undefined {
  const file = path.resolve(named ?? 'ohlcv.config.json')
  if (named === undefined && !existsSync(file)) return undefined
  let values: unknown
  try {
    values = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError('CONFIG_UNREADABLE', `the config file ${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new UsageError('CONFIG_UNREADABLE', `the config file ${file} must hold one JSON object`)
  }
  const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.name))
  for (const key of Object.keys(values)) {
    if (!known.has(key)) {
      throw new UsageError('CONFIG_UNKNOWN_SETTING', `the config file ${file} has the unknown setting "${key}"`, { hint: `settings are: ${[...known].join(', ')}` })
    }
  }
  return { file, values: values as Record<string, unknown> }
}

/**
 * The settings of a command: flags win over the environment, the environment over the config file, that over defaults.
 * @throws UsageError naming the setting that is wrong and where it stands
 */
export function readSettings(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): Settings {
  const config = readConfigFile(typeof flags['config'] === 'string' ? flags['config'] : env['OHLCV_CONFIG'])
  const settings: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const places: [unknown, string][] = [
      [flags[setting.name], `--${setting.name}`],
      ...[setting.env, ...(setting.alias === undefined ? [] : [setting.alias])].map((variable): [unknown, string] => [env[variable] === '' ? undefined : env[variable], variable]),
      [config?.values[setting.name], `"${setting.name}" in ${config?.file}`],
    ]
    const [value, place] = places.find(([given]) => given !== undefined) ?? []
    try {
      settings[key] = value === undefined ? setting.fallback : setting.read(value)
    } catch (cause) {
      throw new UsageError('SETTING_INVALID', `${place} ${(cause as Error).message}, not ${JSON.stringify(value)}`, { cause })
    }
  }
  return settings as Settings
}
