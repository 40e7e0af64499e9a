#!/usr/bin/env node
import { existsSync } from 'node:fs'
import yargs from 'yargs'
import { commands } from '../lib/commands/index.js'
import { createRunner } from '../lib/commands/shared/run.js'
import { EXIT } from '../lib/domain/outcome.js'
import { VERSION } from '../lib/version.js'

if (existsSync('.env')) process.loadEnvFile('.env')

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
  .recommendCommands()
  .demandCommand(1, 'Which command? `ohlcv --help` lists them.')
  .epilogue('Settings come from flags, then the environment, then a config file. Exit codes: 0 all well, 2 usage, 3 a date failed, 4 not published yet.')
  .completion('completion', 'Print a shell completion script: ohlcv completion >> ~/.bashrc')
  .wrap(process.stdout.columns ? Math.min(process.stdout.columns, 110) : 100)

for (const register of commands) program.command(register(runner))

program.fail((message, error) => {
  if (error) throw error
  process.stderr.write(`ohlcv: ${message}\n  Try: ohlcv --help\n`)
  process.exit(EXIT.usage)
})

await program.parseAsync()
