import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'

/** The folder of the checkout; the harness is started there. */
const ROOT = process.cwd()

/** What a process cost. */
export interface Cost {
  /** Wall time of the whole process, start-up included. */
  seconds: number
  /** Processor time of the process itself, without the server's. */
  cpuSeconds: number | null
  /** Most memory it held (maximum resident set size). */
  peakMegabytes: number | null
  stdout: string
}

async function timed(command: string, args: string[], env: NodeJS.ProcessEnv, input: string | undefined): Promise<Cost> {
  const begun = performance.now()
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {}) // a process that ends early says why on stderr
  child.stdin.end(input)
  const [stdout, stderr, usage] = await Promise.all([text(child.stdout), text(child.stderr), text(child.stdio[3] as Readable), once(child, 'close')])
  const seconds = (performance.now() - begun) / 1000
  if (child.exitCode !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${child.exitCode}: ${stderr.slice(-2000)}${stdout.slice(-1000)}`)
  const used = usage === '' ? undefined : (JSON.parse(usage) as NodeJS.ResourceUsage)
  return {
    seconds,
    cpuSeconds: used ? (used.userCPUTime + used.systemCPUTime) / 1e6 : null,
    peakMegabytes: used ? used.maxRSS / 1024 : null,
    stdout,
  }
}

/** Runs the built program. @throws when it does not end with 0 */
export function ohlcv(args: string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  const usage = `file://${path.join(ROOT, 'bench/usage.js')}`
  return timed(process.execPath, ['--import', usage, path.join(ROOT, 'dist/bin/ohlcv.js'), ...args, '--quiet'], env, undefined)
}

/** Runs a script in one psql session. @throws when a statement fails */
export function psql(script: string, env: NodeJS.ProcessEnv): Promise<Cost> {
  return timed('psql', ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1'], env, script)
}

/** Runs the script that fetches one symbol after the other. @throws when it does not end with 0 */
export function sequential(python: string, args: string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  return timed(python, [path.join(ROOT, 'bench/sequential.py'), ...args], env, undefined)
}

/** Median, least and most of some measurements. */
export interface Spread {
  median: number
  min: number
  max: number
  values: number[]
}

export function spread(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)!, values }
}
