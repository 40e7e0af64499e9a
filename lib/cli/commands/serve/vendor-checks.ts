import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { runChild } from './child.js'

/** Has a process of its own look at how the providers answer, every so many minutes, until the signal is aborted: the service itself neither asks them nor writes. */
export async function checkVendors({ every, env, log, signal }: { every: number; env: NodeJS.ProcessEnv; log: Logger; signal: AbortSignal }): Promise<void> {
  while (every > 0 && !signal.aborted) {
    const { code, stderr } = await runChild(['providers', 'check', '--quiet'], { env, signal })
    if (code !== 0 && !signal.aborted) log.warn({ code, said: stderr.trim().split('\n').slice(-2) }, 'how the providers answer could not be looked at')
    await delay(every * 60_000, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
