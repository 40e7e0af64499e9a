import { PassThrough, Readable } from 'node:stream'
import { main } from '../../lib/cli/program.js'
import { checkDocument } from './documents.js'
import { NO_NETWORK } from './no-network.js'
import type { Ended } from './process.js'

/** A stream that keeps what is written to it. */
function keeping(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough()
  let kept = ''
  stream.setEncoding('utf8').on('data', (text: string) => (kept += text))
  return { stream, text: () => kept }
}

/**
 * Runs the program in this process, as its host: with this environment and no other but that no provider is to be reached unless it says one, and with no `.env` file. For what a
 * command line says and does; a process of its own (`runProgram`) takes a quarter of a second to begin, and is for what
 * only a process has: signals, a death, its own standard streams.
 */
export async function callProgram(line: readonly string[], env: Record<string, string>, { input = '', cwd = process.cwd() }: { input?: string | Buffer; cwd?: string } = {}): Promise<Ended> {
  const [stdout, stderr] = [keeping(), keeping()]
  const host = {
    argv: [process.execPath, 'ohlcv', ...line], env: { ...NO_NETWORK, ...env }, stdin: Readable.from([Buffer.from(input)]), stdout: stdout.stream, stderr: stderr.stream,
    on: () => {}, off: () => {}, loadEnvFile: () => {}, exitCode: undefined as number | undefined,
    exit: (code: number) => {
      throw new Error(`the program wants to exit with ${code}`)
    },
  }
  const before = process.cwd()
  process.chdir(cwd)
  try {
    await main(host as unknown as NodeJS.Process)
  } finally {
    process.chdir(before)
  }
  // What was written last is on its way.
  await new Promise(setImmediate)
  if (line.includes('--json') && stdout.text() !== '') checkDocument(stdout.text())
  return { code: host.exitCode ?? 0, signal: null, stdout: stdout.text(), stderr: stderr.text() }
}
