import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { checkDocument } from './documents.js'
import { NO_NETWORK } from './no-network.js'

/** The program as it is built; `make test` builds it before the tests run. */
const PROGRAM = path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js')

/** How a process of the program ended. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A process of the program on its way. */
export interface Started {
  pid: number
  kill: (signal: NodeJS.Signals) => void
  /** Resolves once stderr matches, with what it has said. */
  says: (pattern: RegExp) => Promise<string>
  ended: Promise<Ended>
}

/** Starts the real program, with nothing of this process's environment but PATH, and no way to a provider unless the environment says one; killed at teardown if it still runs. */
export function startProgram(t: Pick<Test, 'teardown'>, line: readonly string[], env: Record<string, string>, options: { cwd?: string; input?: string | Buffer } = {}): Started {
  // The test runner would load itself into the program by NODE_OPTIONS, whatever environment it is given.
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, PROGRAM, ...line], {
    cwd: options.cwd ?? PACKAGE_ROOT, env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...NO_NETWORK, ...env }, stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  if (options.input !== undefined) child.stdin.end(options.input)
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    if (line.includes('--json') && stdout !== '') checkDocument(stdout)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr }
  })
  t.teardown(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  })
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    async says(pattern) {
      while (!pattern.test(stderr)) {
        const more = await Promise.race([once(child.stderr, 'data').then(() => true), ended.then(() => false)])
        if (!more && !pattern.test(stderr)) throw new Error(`the program ended without saying ${String(pattern)}:\n${stderr}`)
      }
      return stderr
    },
    ended,
  }
}

/** Runs the real program to its end. */
export function runProgram(t: Pick<Test, 'teardown'>, line: readonly string[], env: Record<string, string>, options: { cwd?: string; input?: string | Buffer } = {}): Promise<Ended> {
  return startProgram(t, line, env, options).ended
}

/** Processes whose command line names the folder. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const command = readFileSync(path.join('/proc', pid, 'cmdline'), 'latin1').replaceAll('\0', ' ')
      return command.includes(folder) ? [command] : []
    } catch {
      return []
    }
  })
}
