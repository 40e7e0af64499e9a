import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What is asked, and how often. */
export interface OpenLoop {
  /** Where, without a path. */
  origin: string
  /** Requests a second, however long the answers take. */
  rate: number
  /** Paths by what they are called in the results: each called in turn (one that ends with `, first` in every fourth round), and its paths one after the other, again from the first where they end. */
  paths: Record<string, string[]>
}

/** What became of the requests of one kind. */
export interface Answered {
  /** Milliseconds from the moment a request was to be sent until its answer was whole. */
  latencies: number[]
  /** What was wrong with answers: their status, no content, or no answer. */
  errors: string[]
}

/** What became of all. */
export interface OpenLoopResult {
  kinds: Record<string, Answered>
  /** How many milliseconds after their moment requests were sent: the part of latencies that is the asker's own. */
  late: number[]
}

/**
 * Asks at a steady rate while some work is done, from another process, so that it takes no time from whoever works in this one. A request is sent at its moment whether or not the ones before it have
 * been answered, and its latency counts from that moment: a service that stops for a second makes all late that were to be sent in it, and not just one.
 */
export async function openLoop<T>(plan: OpenLoop, work: () => Promise<T>): Promise<{ result: OpenLoopResult; worked: T }> {
  const child = fork(fileURLToPath(new URL('open-loop-process.js', import.meta.url)), [], { serialization: 'advanced' })
  try {
    child.send(plan)
    await once(child, 'message')
    const worked = await work()
    child.send('end')
    const died = once(child, 'exit').then(() => {
      throw new Error('the process that asks has died')
    })
    const [result] = (await Promise.race([once(child, 'message'), died])) as [OpenLoopResult]
    return { result, worked }
  } finally {
    child.disconnect()
  }
}

/** The value that so many percent are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)] ?? Number.NaN
}

/** The results as a Markdown table, a line a kind. */
export function latencyTable(results: Readonly<Record<string, OpenLoopResult['kinds']>>): string {
  const rows = Object.entries(results).flatMap(([when, kinds]) => Object.entries(kinds).map(([kind, { latencies, errors }]) =>
    `| ${[when, kind, latencies.length, ...[50, 95, 99, 100].map((percent) => percentile(latencies, percent).toFixed(1)), errors.length].join(' | ')} |`))
  return ['| | asked for | requests | p50 ms | p95 ms | p99 ms | max ms | errors |', '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n')
}
