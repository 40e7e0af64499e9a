import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the server has answers about. */
export interface RestSize {
  symbols: string[]
  start: string
  end: string
  /** Milliseconds before each answer. */
  latencyMs: number
}

/** What the server was asked. */
export interface RestLog {
  /** When each request came, in milliseconds. */
  sentAt: number[]
  /** Processor time of the server itself. */
  cpuSeconds: number
}

/** A running server. */
export interface RestProcess {
  env: NodeJS.ProcessEnv
  /** What it was asked since it was last asked this. */
  log(): Promise<RestLog>
  close(): Promise<void>
}

/** Serves daily bars from another process, as late as the vendor's answers come. */
export async function serveRest(size: RestSize): Promise<RestProcess> {
  const child = fork(fileURLToPath(new URL('rest-process.js', import.meta.url)), [JSON.stringify(size)])
  const said = async () => (await once(child, 'message'))[0] as unknown
  const url = (await said()) as string
  return {
    env: { MASSIVE_API_BASE_URL: url, MASSIVE_API_KEY: 'bench' },
    async log() {
      const answer = said()
      child.send('log')
      return (await answer) as RestLog
    },
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** Requests a second, by the middle of a run: neither its beginning nor its end counts. */
export function steadyRate({ sentAt }: RestLog): number {
  const middle = sentAt.slice(Math.floor(sentAt.length * 0.1), Math.ceil(sentAt.length * 0.9))
  return ((middle.length - 1) * 1000) / (middle.at(-1)! - middle[0]!)
}

/** Most requests that came within one second, wherever it begins. */
export function mostASecond({ sentAt }: RestLog): number {
  let [most, first] = [0, 0]
  for (const [index, at] of sentAt.entries()) {
    while (sentAt[first]! <= at - 1000) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
