/**
 * Does the work with a signal that is aborted by the outer one or when the time is up; ends at once when it is, whether
 * or not the work listens.
 * @throws the outer signal's reason, or an error with the code ETIMEDOUT
 */
export async function withinTime<T>(ms: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer.throwIfAborted()
  const limit = new AbortController()
  const stop = () => limit.abort(outer.reason)
  const timer = setTimeout(() => limit.abort(Object.assign(new Error(`no answer within ${ms / 1000} s`), { code: 'ETIMEDOUT' })), ms)
  outer.addEventListener('abort', stop)
  try {
    return await new Promise<T>((resolve, reject) => {
      limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error))
      work(limit.signal).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', stop)
  }
}
