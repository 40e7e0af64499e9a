import { setMaxListeners } from 'node:events'
import { InterruptedError } from '../../domain/errors.js'
import { EXIT } from './exit.js'
import type { Database } from '../../postgres/database.js'
import type { DocumentType } from '../../documents/document.js'
import type { Context, Result, Runner } from './command.js'
import { csvText } from '../../formats/csv-text.js'
import { createLogger } from './log.js'
import { readSettings } from './settings.js'

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
export function documentText(name: DocumentType['name'], { exitCode, data }: { exitCode: number; data: object }): string {
  return `${JSON.stringify({ schema: name, exit_code: exitCode, ...data }, null, 2)}\n`
}

/** A result in the form asked for. */
function printed(name: DocumentType['name'], flags: Record<string, unknown>, result: Result<DocumentType>): string {
  if (flags['json'] === true) return documentText(result.document?.name ?? name, result)
  if (flags['csv'] === true && result.csv) return csvText(result.csv())
  const text = result.text()
  return text === '' ? '' : `${text}\n`
}

function write(stream: NodeJS.WriteStream, output: string | Buffer): Promise<void> {
  return new Promise((resolve) => stream.write(output, () => resolve()))
}

/** Writes a result that is bytes, no more of them at once than are taken; whether this result is. */
async function writeRaw(stream: NodeJS.WriteStream, flags: Record<string, unknown>, { raw }: Result<DocumentType>): Promise<boolean> {
  if (flags['raw'] !== true || flags['json'] === true || !raw) return false
  for await (const bytes of raw()) await write(stream, bytes)
  return true
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
  return async ({ name }, flags, run) => {
    const verbose = flags['verbose'] === true
    // A terminal that says so takes plain lines only: no colour, and nothing that moves the cursor.
    const dumb = host.env['TERM'] === 'dumb'
    const inColour = ({ isTTY }: NodeJS.WriteStream): boolean => isTTY && !dumb && !host.env['NO_COLOR']
    const abort = new AbortController()
    // As many as there are lanes listen.
    setMaxListeners(0, abort.signal)
    const restore = onSignals(host, (signal) => abort.abort(new InterruptedError(signal)))
    const log = await createLogger(flags['quiet'] === true ? 'quiet' : verbose ? 'verbose' : 'normal', host.stderr, inColour(host.stderr))
    let opened: Promise<Database> | undefined
    let [exitCode, output, stream, answered] = [0, '', host.stdout, false]
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
        async answer(result) {
          answered = true
          await write(host.stdout, printed(name, flags, result))
        },
      }
      try {
        const result = await run(context)
        ;[exitCode, output] = [result.exitCode, answered || (await writeRaw(host.stdout, flags, result)) ? '' : printed(name, flags, result)]
      } finally {
        await (await opened?.catch(() => undefined))?.close()
      }
    } catch (error) {
      const { failure } = await import('./failure.js')
      const failed = failure(error, verbose)
      exitCode = failed.exitCode
      ;[output, stream] = flags['json'] === true && !answered ? [documentText(name, failed), host.stdout] : [`${failed.text}\n`, host.stderr]
    } finally {
      restore()
    }
    exit(exitCode)
    if (output !== '') await write(stream, output)
  }
}
