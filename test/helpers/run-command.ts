import { pino } from 'pino'
import type pg from 'pg'
import * as v from 'valibot'
import { text as textOf } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import yargs, { type Argv } from 'yargs'
import type { DocumentType } from '../../lib/documents/document.js'
import { PARSING, type Context, type Registration } from '../../lib/cli/framework/command.js'
import { csvText } from '../../lib/formats/csv-text.js'
import { readSettings } from '../../lib/cli/framework/settings.js'
import { NO_NETWORK } from './no-network.js'

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

/** A result in all its forms; its JSON as programs read it. */
export interface Answer {
  exitCode: number
  text: string
  /** The kind of its document. */
  schema: string
  json: Record<string, unknown>
  csv: string | undefined
  /** What `--raw` prints, where the command has it. */
  raw: () => Promise<string>
}

/** The data as JSON has it; throws where the document says otherwise. */
function asDocument({ name, fields }: DocumentType, data: object): Record<string, unknown> {
  const written = JSON.parse(JSON.stringify(data)) as Record<string, unknown>
  const { issues } = v.safeParse(fields, written)
  if (issues) throw new Error(`${name}: ${JSON.stringify(v.flatten(issues))}`)
  return written
}

/** Yargs would write the help of each command that it runs, should it be asked for later: longer than most commands take. */
function keepNoHelp(parser: Argv): void {
  const { getInternalMethods } = parser as unknown as { getInternalMethods: () => { getUsageInstance: () => { cacheHelpMessage: () => void } } }
  getInternalMethods.call(parser).getUsageInstance().cacheHelpMessage = () => {}
}

/**
 * Runs one command as its command line would, with flags parsed by yargs, on the database given; rejects with what the
 * command throws.
 */
export async function runCommand(registration: Registration, line: string[], situation: Situation): Promise<Answer> {
  const { pool, now = '2017-01-02T12:00:00Z' } = situation
  const context: Context = {
    settings: readSettings(situation.settings ?? {}, {}),
    env: { ...NO_NETWORK, ...situation.env },
    log: pino({ enabled: false }),
    signal: new AbortController().signal,
    now: typeof now === 'function' ? now : () => new Date(now),
    stdin: process.stdin,
    interactive: false,
    columns: situation.columns ?? 80,
    room: situation.room ?? Infinity,
    colour: situation.colour ?? false,
    database: () => Promise.resolve({ pool, kind: 'external', describe: 'a test database', config: pool.options, close: () => Promise.resolve() }),
    answer: () => Promise.resolve(),
  }
  let answer: Answer | undefined
  const module = registration(async (document, _flags, run) => {
    const { exitCode, data, text, csv, raw, document: own = document } = await run(context)
    answer = { exitCode, text: text(), schema: own.name, json: asDocument(own, data), csv: csv && csvText(csv()), raw: () => textOf(raw?.() ?? Readable.from([])) }
  })
  const parser = yargs(line).command(module).option('json', { type: 'boolean' }).strict().exitProcess(false)
    .parserConfiguration(PARSING)
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
  keepNoHelp(parser)
  await parser.parseAsync()
  if (!answer) throw new Error(`no command ran for: ${line.join(' ')}`)
  return answer
}
