import type { Logger } from 'pino'
import type { CommandModule, InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import type { DocumentOf, DocumentType } from '../../documents/document.js'
import type { Database } from '../../postgres/database.js'
import type { CommandName } from './names.js'
import { SETTINGS, type SettingName, type Settings } from './settings.js'

/** What a command may use. Nothing below the commands reads the environment, the clock or a global logger. */
export interface Context {
  settings: Settings
  env: NodeJS.ProcessEnv
  log: Logger
  /** Aborted, with an InterruptedError as reason, by SIGINT and SIGTERM. */
  signal: AbortSignal
  now: () => Date
  stdin: NodeJS.ReadStream
  /** Whether people watch: then progress may be drawn on stderr. */
  interactive: boolean
  /** Columns of the terminal, 80 where there is none. */
  columns: number
  /** Columns that a table may take: those of the terminal, without limit where there is none. */
  room: number
  /** Whether text output may use colour. */
  colour: boolean
  /**
   * The database, opened at the first call and closed when the command ends; its schema is current. Where there is none,
   * an embedded one is made with `create`, else it is a UsageError.
   */
  database: (options?: { create: boolean }) => Promise<Database>
  /** What was asked of the status service and is done here, where it is that. */
  actionId?: number
  /** Prints a result while the command goes on. What it returns then is not printed, and why it failed is told on stderr. */
  answer: (result: Result<DocumentType>) => Promise<void>
}

/** What a command has to say. Exactly one of its forms is printed, and only that one is made. */
export interface Result<D extends DocumentType> {
  exitCode: number
  /** The kind of its document, where that is another than the command's. */
  document?: D
  /** For `--json`: the fields of the document. */
  data: DocumentOf<D>
  /** For people; ends without a newline. */
  text: () => string
  /** For `--csv`, where the command has it: rows, the header first. */
  csv?: () => (string | number | null)[][]
  /** For `--raw`, where the command has it: bytes as they came, and nothing else. */
  raw?: () => AsyncIterable<Buffer>
}

/** What yargs makes of these flags, or positionals. */
export type ArgsOf<F extends Record<string, Options | PositionalOptions>> = InferredOptionTypes<F>

/** How words become arguments: as they are written, and of a flag that is given twice the last one. */
export const PARSING = { 'duplicate-arguments-array': false, 'parse-numbers': false, 'parse-positional-numbers': false, 'boolean-negation': false } as const

type Flags = Record<string, Options>
type Positionals = Record<string, PositionalOptions>

export interface Command<D extends DocumentType, F extends Flags, P extends Positionals> extends CommandName {
  /** What it prints with `--json`. */
  document: D
  /** What people type, and what it does. */
  examples: [string, string][]
  positionals?: P
  flags: F
  /** Settings this command offers as flags. */
  settings?: SettingName[]
  run(args: ArgsOf<F> & ArgsOf<P>, context: Context): Promise<Result<D>>
}

/** Runs one command in a context of its own: what `bin` provides. */
export type Runner = (document: DocumentType, flags: Record<string, unknown>, run: (context: Context) => Promise<Result<DocumentType>>) => Promise<void>

/** A command ready to be registered with yargs once it is known how to run one. */
export type Registration = (runner: Runner) => CommandModule

/** Makes a command known to yargs. */
export function defineCommand<D extends DocumentType, F extends Flags, P extends Positionals = Record<never, never>>(command: Command<D, F, P>): Registration {
  return (runner) => ({
    command: command.usage,
    describe: command.describe,
    builder(yargs) {
      const positionals = Object.entries(command.positionals ?? {})
      for (const [name, options] of positionals) yargs.positional(name, options)
      // Of a flag that is given twice the last one counts; of a positional that takes many that would be the last of them.
      if (positionals.some(([, { array }]) => array === true)) yargs.parserConfiguration({ ...PARSING, 'duplicate-arguments-array': true })
      for (const [name, options] of Object.entries(command.flags)) yargs.option(name, options)
      for (const key of command.settings ?? []) {
        const { name, describe, env, fallback } = SETTINGS[key]
        yargs.option(name, { type: 'string', requiresArg: true, describe: `${describe} [${env}${fallback === undefined ? '' : `; ${String(fallback)}`}]` })
      }
      for (const [line, meaning] of command.examples) yargs.example(`$0 ${line}`, meaning)
      return yargs
    },
    handler: (args) => runner(command.document, args, (context) => command.run(args as never, context)),
  })
}

/**
 * A command that groups others, such as `universe`. With a `main` member (its usage `$0`, and positionals if any) the
 * group's own name runs that one: `calendar` beside `calendar next`.
 */
export function defineGroup({ usage, describe }: CommandName, members: Registration[], main?: Registration): Registration {
  return (runner) => ({
    command: usage,
    describe,
    builder(yargs) {
      if (main) yargs.command(main(runner))
      for (const member of members) yargs.command(member(runner))
      return main ? yargs : yargs.demandCommand(1, `${usage} needs a command`)
    },
    handler: () => {},
  })
}

/** A command of which only the name is known until its line is parsed, so that no command pays for the modules of another. */
export function loadedLater({ usage, describe }: CommandName, load: () => Promise<Registration>): Registration {
  return (runner) => {
    let command: CommandModule | undefined
    return {
      command: usage,
      describe,
      async builder(yargs) {
        command = (await load())(runner)
        return typeof command.builder === 'function' ? command.builder(yargs) : yargs
      },
      handler: (args) => command?.handler(args),
    }
  }
}
