import { InterruptedError } from '../../domain/errors.js'
import { EXIT } from '../../domain/outcome.js'
import type { Database } from '../../postgres/database.js'
import type { Context, Result, Runner } from './command.js'
import { csvText } from '../terminal/csv.js'
import { createLogger } from './log.js'
import { readSettings } from './settings.js'

/** The version of every `--json` document; it changes when a field goes or changes its meaning. */
const DOCUMENT_VERSION = 1

/** The process a command runs in, as far as it shows. */
export interface Host {
  env: NodeJS.ProcessEnv
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  on(signal: 'SIGINT' | 'SIGTERM', handler: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', handler: () => void): unknown
  exit(code: number): never
}

/** The JSON document of a command that ended. */
export function documentText(name: string, { exitCode, json }: Pick<Result, 'exitCode' | 'json'>): string {
  return `${JSON.stringify({ schema: `ohlcv.${name}/${DOCUMENT_VERSION}`, exit_code: exitCode, ...json }, null, 2)}\n`
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()))
}

/** Calls `stop` at the first signal; the second ends the process at once. Returns what takes the handlers away. */
function onSignals(host: Host, stop: (signal: 'SIGINT' | 'SIGTERM') => void): () => void {
  let seen = 0
  const handler = (signal: 'SIGINT' | 'SIGTERM') => () => {
    if (++seen > 1) host.exit(signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm)
    stop(signal)
  }
  const handlers = { SIGINT: handler('SIGINT'), SIGTERM: handler('SIGTERM') }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) host.on(signal, handlers[signal])
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) host.off(signal, handlers[signal])
  }
}

/**
 * What runs a command: reads the settings, offers the context, prints the result in the form asked for, and sets the
 * exit code. Every error ends here, once.
 */
export function createRunner(host: Host, exit: (code: number) => void): Runner {
  return async (name, flags, run) => {
    const verbose = flags['verbose'] === true
    const json = flags['json'] === true
    // A terminal that says so takes plain lines only: no colour, and nothing that moves the cursor.
    const dumb = host.env['TERM'] === 'dumb'
    const inColour = ({ isTTY }: NodeJS.WriteStream): boolean => isTTY && !dumb && !host.env['NO_COLOR']
    const abort = new AbortController()
    const restore = onSignals(host, (signal) => abort.abort(new InterruptedError(signal)))
    const log = await createLogger(flags['quiet'] === true ? 'quiet' : verbose ? 'verbose' : 'normal', host.stderr, inColour(host.stderr))
    let opened: Promise<Database> | undefined
    let result: Result
    let failed = false
    try {
      const settings = readSettings(flags, host.env)
      const context: Context = {
        settings,
        env: host.env,
        log,
        signal: abort.signal,
        now: () => new Date(),
        stdin: host.stdin,
        interactive: host.stderr.isTTY && !dumb && flags['quiet'] !== true,
        columns: host.stdout.columns ?? 80,
        room: host.stdout.columns ?? Infinity,
        colour: inColour(host.stdout),
        // Loaded only now: not every command needs one.
        database: ({ create } = { create: false }) => (opened ??= import('../../postgres/open.js').then(({ openDatabase }) =>
          openDatabase({ env: host.env, home: settings.home, create, log, signal: abort.signal }))),
      }
      try {
        result = await run(context)
      } finally {
        await (await opened?.catch(() => undefined))?.close()
      }
    } catch (error) {
      const { failure } = await import('./failure.js')
      result = failure(error, verbose)
      failed = true
    } finally {
      restore()
    }
    exit(result.exitCode)
    if (json) {
      await write(host.stdout, documentText(name, result))
    } else if (failed) {
      await write(host.stderr, `${result.text}\n`)
    } else if (flags['csv'] === true && result.csv) {
      await write(host.stdout, csvText(result.csv))
    } else if (result.text !== '') {
      await write(host.stdout, `${result.text}\n`)
    }
  }
}
