import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { runChild } from './child.js'

/** What a process of its own does again and again. */
interface Repeated {
  /** The command and its flags. */
  line: readonly string[]
  /** Minutes between the end of one and the next; 0: it is not done. */
  every: number
  /** What is logged when it fails. */
  failed: string
  env: NodeJS.ProcessEnv
  log: Logger
  signal: AbortSignal
}

/** Has a process of its own do something every so many minutes, until the signal is aborted: the service itself neither asks anybody nor writes. */
export async function everyMinutes({ line, every, failed, env, log, signal }: Repeated): Promise<void> {
  if (every === 0) return
  while (!signal.aborted) {
    const { code, stderr } = await runChild([...line, '--quiet'], { env, signal })
    if (code !== 0 && !signal.aborted) log.warn({ code, said: stderr.trim().split('\n').slice(-2) }, failed)
    await delay(every * 60_000, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
