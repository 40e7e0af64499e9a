import { EXIT } from './exit.js'

/**
 * Ends the process when what it prints cannot be written: without a word when a reader has seen enough (`| head`), else
 * with the reason. A command that ended badly keeps its exit code.
 */
export function watchOutput(host: NodeJS.Process): void {
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') host.exit()
    host.stderr.write(`ohlcv: the output cannot be written: ${error.message}\n`)
    host.exit(host.exitCode || EXIT.internal)
  })
  // There is no place left to say it.
  host.stderr.on('error', () => {})
}
