import { setTimeout as delay } from 'node:timers/promises'
import { EXIT } from './exit.js'
import type { Context } from './command.js'

/** So often it is tried, with a pause in between, and so long each time. */
const TRIES = 3
const PAUSE_MS = 500
const TIMEOUT_MS = 5000

/** The codes of runs in which all was done that could be: that a file is not published yet is nobody's fault. */
const GOOD: ReadonlySet<number> = new Set([EXIT.ok, EXIT.notPublished])

/** Why a request failed, without its address: whoever has that can ask as we do. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error
  return name === 'TimeoutError' ? 'no answer in time' : (cause as NodeJS.ErrnoException | undefined)?.code ?? name
}

async function ask(url: string): Promise<string | null> {
  try {
    const { ok, status, body } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await body?.cancel()
    return ok ? null : `status ${status}`
  } catch (error) {
    return reasonOf(error)
  }
}

/** Tells a service that a run went well, where one is set: it tells people when it hears nothing. That it could not be told is logged, and changes nothing about the run. */
export async function pingAfter({ settings: { pingUrl }, log }: Pick<Context, 'settings' | 'log'>, exitCode: number, pauseMs = PAUSE_MS): Promise<void> {
  if (pingUrl === undefined || !GOOD.has(exitCode)) return
  for (let tried = 1; ; tried++) {
    const reason = await ask(pingUrl)
    if (reason === null) return
    if (tried === TRIES) return log.warn({ reason }, 'the run went well, but OHLCV_PING_URL could not be told so')
    await delay(pauseMs)
  }
}
