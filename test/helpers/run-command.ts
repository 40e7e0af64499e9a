import { pino } from 'pino'
import type pg from 'pg'
import yargs from 'yargs'
import type { Context, Registration, Result } from '../../lib/cli/framework/command.js'
import { csvText } from '../../lib/cli/terminal/csv.js'
import { readSettings } from '../../lib/cli/framework/settings.js'

/** What a test may decide about the context of a command. */
export interface Situation {
  pool: pg.Pool
  /** A fixed instant, or a clock. */
  now?: string | (() => Date)
  columns?: number
  room?: number
  colour?: boolean
  settings?: Record<string, unknown>
  env?: NodeJS.ProcessEnv
}

/** A result with its CSV as text. */
export type Answer = Omit<Result, 'csv'> & { csv: string | undefined }

/**
 * Runs one command as its command line would, with flags parsed by yargs, on the database given; rejects with what the
 * command throws.
 */
export async function runCommand(registration: Registration, line: string[], situation: Situation): Promise<Answer> {
  const { pool, now = '2017-01-02T12:00:00Z' } = situation
  const context: Context = {
    settings: readSettings(situation.settings ?? {}, {}),
    env: situation.env ?? {},
    log: pino({ enabled: false }),
    signal: new AbortController().signal,
    now: typeof now === 'function' ? now : () => new Date(now),
    stdin: process.stdin,
    interactive: false,
    columns: situation.columns ?? 80,
    room: situation.room ?? Infinity,
    colour: situation.colour ?? false,
    database: () => Promise.resolve({ pool, kind: 'external', describe: 'a test database', close: () => Promise.resolve() }),
  }
  let result: Result | undefined
  const module = registration(async (_name, _flags, run) => {
    result = await run(context)
  })
  await yargs(line).command(module).option('json', { type: 'boolean' }).strict().exitProcess(false)
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-numbers': false, 'parse-positional-numbers': false, 'boolean-negation': false })
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
    .parseAsync()
  if (!result) throw new Error(`no command ran for: ${line.join(' ')}`)
  return { ...result, csv: result.csv && csvText(result.csv) }
}
