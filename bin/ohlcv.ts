#!/usr/bin/env node
import { existsSync } from 'node:fs'
import yargs from 'yargs'
import { commands } from '../lib/commands/index.js'
import { failure } from '../lib/commands/shared/failure.js'
import { createRunner, documentText } from '../lib/commands/shared/run.js'
import { usageError } from '../lib/commands/shared/usage.js'
import { VERSION } from '../lib/version.js'

if (existsSync('.env')) process.loadEnvFile('.env')
// The SDK's notice about coming Node versions is for us, not for those who run this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const runner = createRunner(process, (code) => {
  process.exitCode = code
})

const program = yargs(process.argv.slice(2))
  .scriptName('ohlcv')
  .usage('$0 <command>\n\nKeeps one complete and correct table of daily bars: day files stream through validation into PostgreSQL, one date a transaction.')
  .version(VERSION)
  .alias('version', 'V')
  .help()
  .alias('help', 'h')
  .option('json', { type: 'boolean', global: true, describe: 'print one JSON document with a schema version' })
  .option('quiet', { alias: 'q', type: 'boolean', global: true, describe: 'log errors only' })
  .option('verbose', { alias: 'v', type: 'boolean', global: true, describe: 'log everything' })
  .option('config', { type: 'string', requiresArg: true, global: true, describe: 'settings file [OHLCV_CONFIG; ohlcv.config.json if there]' })
  .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-numbers': false, 'parse-positional-numbers': false, 'boolean-negation': false })
  .strict()
  .demandCommand(1, 'Which command? `ohlcv --help` lists them.')
  .epilogue('Settings come from flags, then the environment, then a config file. Exit codes: 0 all well, 2 usage, 3 a date failed, 4 not published yet.')
  .completion('completion', 'Print a shell completion script: ohlcv completion >> ~/.bashrc')
  .wrap(process.stdout.columns ? Math.min(process.stdout.columns, 110) : 100)

for (const register of commands) program.command(register(runner))

/** What yargs hands to a failure handler, as far as it is used here. */
interface Usage {
  getDescriptions: () => Record<string, unknown>
  getCommands: () => [string, ...unknown[]][]
}

program.fail((message: string | null, error: Error | undefined, usage) => {
  if (error && error.name !== 'YError') throw error
  const { getDescriptions, getCommands } = usage as unknown as Usage
  const commands = getCommands().map(([name]) => name.replace(/^ohlcv /, '').replace(/ [<[].*/, ''))
  const failed = failure(usageError(message ?? error?.message ?? '', process.argv.slice(2), { flags: Object.keys(getDescriptions()), commands }), false)
  if (process.argv.includes('--json')) process.stdout.write(documentText('usage', failed))
  else process.stderr.write(`${failed.text}\n`)
  process.exit(failed.exitCode)
})

await program.parseAsync()
