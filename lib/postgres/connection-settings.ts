import { parse } from 'pg-connection-string'
import { UsageError } from '../domain/errors.js'
import { near } from '../domain/near.js'

/** What a setting of a connection may be. */
interface Parameter {
  /** The variable that gives it outside of a URL. */
  env?: string
  /** The only values it may have. */
  values?: readonly string[]
  /** What its value must look like, and what that is called. */
  form?: readonly [pattern: RegExp, name: string]
}

const WHOLE = [/^\d{1,9}$/, 'a whole number'] as const

/**
 * The settings there are, under libpq's names and with its values as far as node-postgres can do what they mean.
 * Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const PARAMETERS = {
  host: { env: 'PGHOST', form: [/^[^,]*$/, 'one host: ohlcv connects to one server'] },
  port: { env: 'PGPORT', form: [/^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/, 'a port number'] },
  dbname: { env: 'PGDATABASE' },
  user: { env: 'PGUSER' },
  password: { env: 'PGPASSWORD' },
  sslmode: { env: 'PGSSLMODE', values: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] },
  sslrootcert: { env: 'PGSSLROOTCERT' },
  sslcert: { env: 'PGSSLCERT' },
  sslkey: { env: 'PGSSLKEY' },
  sslpassword: {},
  sslnegotiation: { env: 'PGSSLNEGOTIATION', values: ['postgres', 'direct'] },
  ssl_min_protocol_version: { env: 'PGSSLMINPROTOCOLVERSION', values: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] },
  channel_binding: { env: 'PGCHANNELBINDING', values: ['disable', 'prefer'] },
  gssencmode: { env: 'PGGSSENCMODE', values: ['disable', 'prefer'] },
  target_session_attrs: { env: 'PGTARGETSESSIONATTRS', values: ['any'] },
  application_name: { env: 'PGAPPNAME' },
  client_encoding: { values: ['UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto'] },
  connect_timeout: { env: 'PGCONNECT_TIMEOUT', form: WHOLE },
  options: { env: 'PGOPTIONS' },
  statement_timeout: { form: WHOLE },
  lock_timeout: { form: WHOLE },
  idle_in_transaction_session_timeout: { form: WHOLE },
} satisfies Record<string, Parameter>

export type ParameterName = keyof typeof PARAMETERS

const NAMES = Object.keys(PARAMETERS) as ParameterName[]

/** The value of a setting, and where it stands, for messages. */
export interface Given {
  value: string
  where: string
}

export type ConnectionSettings = Partial<Record<ParameterName, Given>>

/** A database that the environment names. */
export interface NamedConnection {
  settings: ConnectionSettings
  /** The variables that name it. */
  from: string
}

/** How others write what libpq writes otherwise: JDBC, and node-postgres with what it takes for itself. */
const TRANSLATED: Readonly<Record<string, string>> = {
  'ssl=true': 'sslmode=require', 'ssl=1': 'sslmode=require', 'ssl=no-verify': 'sslmode=require', 'ssl=false': 'sslmode=disable', 'ssl=0': 'sslmode=disable',
  'sslmode=no-verify': 'sslmode=require', 'uselibpqcompat=true': 'sslmode=',
}
const RENAMED: Readonly<Record<string, string>> = { db: 'dbname', encoding: 'client_encoding' }

/** The variables that name a database to PostgreSQL's own programs, and those of them whose meaning node-postgres does not know. */
const NAMING = ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER'] as const
const NOT_UNDERSTOOD = ['PGSERVICE', 'PGHOSTADDR'] as const
/** The variables that other programs of the owners name their database by, and what they take for granted. */
const DB_VARIABLES = { host: 'DB_HOST', port: 'DB_PORT', dbname: 'DB_NAME', user: 'DB_USER', password: 'DB_PASSWORD' } as const
const DB_DEFAULTS = { host: 'localhost', port: '5432', dbname: 'tickstock', user: 'postgres' } as const

const DOCUMENTED_URL = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE'

/** No message shows the URL, for it holds the password. */
function unreadable(): UsageError {
  return new UsageError('DATABASE_SETTING', 'DATABASE_URL cannot be read as a URL', {
    hint: `write it as ${DOCUMENTED_URL}, special characters of the password as %XX`,
  })
}

function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  const meant = near(name, known)
  return meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : otherwise
}

function check(name: ParameterName, { value, where }: Given): void {
  const { values, form }: Parameter = PARAMETERS[name]
  if (values && !values.includes(value)) {
    throw new UsageError('DATABASE_SETTING', `${where} is "${value}", which is not one of ${values.join(', ')}`, { hint: didYouMean(value, values, 'docs/OPERATIONS.md says what each of them means') })
  }
  if (form && !form[0].test(value)) throw new UsageError('DATABASE_SETTING', `${where} is "${value}", which is not ${form[1]}`)
}

/** What the variables say of the settings, but for empty ones. */
function fromVariables(env: NodeJS.ProcessEnv, variables: Partial<Record<ParameterName, string>>): ConnectionSettings {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, where]) => (env[where] ? [[name, { value: env[where], where }]] : [])))
}

const PG_VARIABLES = Object.fromEntries(NAMES.flatMap((name) => {
  const { env }: Parameter = PARAMETERS[name]
  return env === undefined ? [] : [[name, env]]
})) as Partial<Record<ParameterName, string>>

/** The parameters after a URL's question mark. @throws UsageError naming one that there is not */
function fromQuery(query: string): ConnectionSettings {
  const settings: ConnectionSettings = {}
  for (const [written, text] of new URLSearchParams(query)) {
    const translated = TRANSLATED[`${written}=${text}`]?.split('=')
    const [name, value] = translated ? [translated[0] ?? '', translated[1] ?? ''] : [RENAMED[written] ?? written, text]
    if (!(name in PARAMETERS)) {
      // With a question mark in the password, not written as %3F, the rest of that would be taken for parameters.
      if (query.includes('@')) throw unreadable()
      throw new UsageError('DATABASE_SETTING', `DATABASE_URL has the parameter "${written}", which ohlcv does not know`, {
        hint: didYouMean(written, NAMES, `leave it out, or take one of: ${NAMES.join(', ')}`),
      })
    }
    if (value !== '') settings[name as ParameterName] = { value, where: `${written} in DATABASE_URL` }
  }
  return settings
}

function fromUrl(url: string): ConnectionSettings {
  if (!/^(postgres(ql)?|socket):/.test(url)) {
    throw new UsageError('DATABASE_SETTING', 'DATABASE_URL is not the URL of a PostgreSQL database', { hint: `write it as ${DOCUMENTED_URL}` })
  }
  const [, base = '', query = ''] = /^([^?]*)\??([^]*)$/.exec(url) ?? []
  if (url.includes('#')) throw unreadable()
  let parts: ReturnType<typeof parse>
  try {
    parts = parse(base)
  } catch {
    throw unreadable()
  }
  const { host, port, user, password, database } = parts
  const written: [ParameterName, string | null | undefined][] = [['host', host], ['port', port], ['user', user], ['password', password], ['dbname', database]]
  const settings = Object.fromEntries(written.flatMap(([name, value]) => (value ? [[name, { value, where: `the ${name} in DATABASE_URL` }]] : [])))
  return { ...settings, ...fromQuery(query) }
}

function setOf<T extends string>(env: NodeJS.ProcessEnv, names: readonly T[]): T[] {
  return names.filter((name) => env[name])
}

/** Who names the database, and with which settings: DATABASE_URL wins over the PG* variables, these over the DB_* ones. */
function namedBy(env: NodeJS.ProcessEnv): NamedConnection | undefined {
  const rest = fromVariables(env, PG_VARIABLES)
  if (env['DATABASE_URL']) return { settings: { ...rest, ...fromUrl(env['DATABASE_URL']) }, from: 'DATABASE_URL' }
  const [unknown] = setOf(env, NOT_UNDERSTOOD)
  if (unknown !== undefined) {
    throw new UsageError('DATABASE_SETTING', `${unknown} is set, which ohlcv does not know`, { hint: 'unset it, and name the database with DATABASE_URL, or with PGHOST, PGPORT, PGDATABASE and PGUSER' })
  }
  const naming = setOf(env, NAMING)
  if (naming.length > 0) return { settings: rest, from: naming.join(', ') }
  const others = setOf(env, Object.values(DB_VARIABLES))
  if (others.length === 0) return undefined
  const defaults = Object.fromEntries(Object.entries(DB_DEFAULTS).map(([name, value]) => [name, { value, where: 'its default' }]))
  return { settings: { ...rest, ...defaults, ...fromVariables(env, DB_VARIABLES) }, from: others.join(', ') }
}

/**
 * The database the environment names, with its settings checked; undefined when it names none.
 * @throws UsageError naming the setting that is wrong and where it stands
 */
export function readConnection(env: NodeJS.ProcessEnv): NamedConnection | undefined {
  const named = namedBy(env)
  for (const [name, given] of Object.entries(named?.settings ?? {})) check(name as ParameterName, given)
  return named
}
