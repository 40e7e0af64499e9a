import { pino, type Logger } from 'pino'

/** How much is logged: `quiet` errors only, `normal` warnings and what happened, `verbose` everything. */
export type Verbosity = 'quiet' | 'normal' | 'verbose'

const LEVELS = { quiet: 'error', normal: 'info', verbose: 'debug' } as const

/** The logger of a command, on stderr: readable lines on a terminal, JSON lines otherwise. */
export async function createLogger(verbosity: Verbosity, stderr: NodeJS.WriteStream, colour: boolean): Promise<Logger> {
  const level = LEVELS[verbosity]
  const base = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: ['password', '*.password'], censor: '***' } }
  // Not by pino's own writer, which throws where stderr takes nothing more: a load does not end for its log.
  if (!stderr.isTTY) return pino(base, stderr)
  const { default: pretty } = await import('pino-pretty')
  return pino(base, pretty({ colorize: colour, ignore: 'time', sync: true, destination: 2, singleLine: true }))
}
