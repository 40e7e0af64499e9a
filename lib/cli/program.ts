import { existsSync } from 'node:fs'
import yargs, { type Argv } from 'yargs'
import { UsageError } from '../domain/errors.js'
import { VERSION } from '../domain/version.js'
import { commands } from './commands/index.js'
import { COMPLETE, GLOBAL_FLAGS } from './framework/names.js'
import { PARSING, type Runner } from './framework/command.js'
import { watchOutput } from './framework/output.js'

const { json, quiet, verbose, config, version, help } = GLOBAL_FLAGS
const DESCRIPTION = 'Keeps one complete and correct table of daily bars: day files stream through validation into PostgreSQL, one date a transaction.'

/** What yargs hands to a failure handler, as far as it is used here. */
interface Usage {
  getDescriptions: () => Record<string, unknown>
  getCommands: () => [string, ...unknown[]][]
}

/** What yargs found wrong with the command line, and what it could have said there; yargs forgets that once this is thrown. */
class Misuse extends Error {
  readonly flags: string[]
  readonly commands: string[]

  constructor(message: string, usage: Usage) {
    super(message)
    this.flags = Object.keys(usage.getDescriptions())
    this.commands = usage.getCommands().map(([name]) => name.replace(/^ohlcv /, '').replace(/ [<[].*/, ''))
  }
}

function readEnvFile(host: NodeJS.Process): void {
  if (!existsSync('.env')) return
  try {
    host.loadEnvFile('.env')
  } catch (cause) {
    throw new UsageError('CONFIG_UNREADABLE', `the file .env of the current directory cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function program(line: readonly string[], columns: number | undefined, runner: Runner): Argv {
  const parser = yargs([...line])
    .scriptName('ohlcv')
    .usage(`$0 <command>\n\n${DESCRIPTION}`)
    .version('version', version.describe, VERSION)
    .alias('version', 'V')
    .help('help', help.describe)
    .alias('help', 'h')
    .options({ json, quiet, verbose, config })
    .parserConfiguration(PARSING)
    .strict()
    .exitProcess(false)
    .demandCommand(1, 'Which command? `ohlcv --help` lists them.')
    .epilogue('Settings come from flags, then the environment, then a config file. Exit codes: 0 all well, 2 usage, 3 a date failed, 4 not published yet.')
    .wrap(columns ? Math.min(columns, 110) : 100)
    .fail((message: string | null, error: Error | undefined, usage) => {
      if (error && error.name !== 'YError') throw error
      throw new Misuse(message ?? error?.message ?? '', usage as unknown as Usage)
    })
  for (const register of commands) parser.command(register(runner))
  return parser
}

/** The error of a command line that no command was found for, or whose command cannot take it. */
async function refusal(thrown: unknown, line: readonly string[]): Promise<unknown> {
  // What a command that was loaded later finds wrong does not come by way of the failure handler.
  if (!(thrown instanceof Error && (thrown instanceof Misuse || thrown.name === 'YError'))) return thrown
  const { usageError } = await import('./framework/usage.js')
  return usageError(thrown.message, line, thrown instanceof Misuse ? thrown : { flags: [], commands: [] })
}

/** The program: reads its command line, runs the command and sets the exit code. */
export async function main(host: NodeJS.Process): Promise<void> {
  const line = host.argv.slice(2)
  // What runs commands is loaded when there is one to run: `--version` and `--help` need neither database nor log.
  const runner: Runner = async (...task) => {
    const { createRunner } = await import('./framework/run.js')
    await createRunner(host, (code) => void (host.exitCode = code))(...task)
  }
  watchOutput(host)
  // The SDK's notice about coming Node versions is for us, not for those who run this.
  host.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  try {
    readEnvFile(host)
    if (line[0] === COMPLETE) {
      const { complete } = await import('./completion/complete.js')
      return await complete(line.slice(1), host)
    }
    await program(line, host.stdout.columns, runner).parseAsync()
  } catch (thrown) {
    const [{ failure }, { documentText }, { USAGE }] = await Promise.all([import('./framework/failure.js'), import('./framework/run.js'), import('../documents/failure.js')])
    const failed = failure(await refusal(thrown, line), false)
    if (line.includes('--json')) host.stdout.write(documentText(USAGE.name, failed))
    else host.stderr.write(`${failed.text}\n`)
    host.exitCode = failed.exitCode
  }
}
