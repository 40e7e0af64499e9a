/** Does the work on each item, several at a time, in order; begins nothing new once the signal is aborted. */
export async function inLanes<T>(items: readonly T[], lanes: number, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < items.length && !signal.aborted) await work(items[next++]!)
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane))
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
}
