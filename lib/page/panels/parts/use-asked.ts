import { useEffect, useRef, useState } from 'preact/hooks'

/** How often what is shown is asked for anew, in milliseconds. */
export const EVERY = 30_000

/** What was asked for, as far as it has come. */
export interface Asked<T> {
  /** The latest answer; null: none came yet. */
  data: T | null
  /** Why the latest question has no answer; the data before it stays. */
  error: string | null
  busy: boolean
  /** Asks once more. */
  again: () => void
}

/** What is wrong, in words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Asks when it is first shown, when the key changes (what was told before goes), and again and again.
 * @param everyOf milliseconds from an answer to the next question; null: what was told stays as it is
 */
export function useAsked<T>(key: string, ask: () => Promise<T>, everyOf: (data: T | null) => number | null = () => null): Asked<T> {
  const [told, tell] = useState<{ key: string; data: T | null; error: string | null }>({ key, data: null, error: null })
  const [round, setRound] = useState(0)
  const [busy, setBusy] = useState(true)
  const latest = useRef({ ask, everyOf })
  latest.current = { ask, everyOf }
  useEffect(() => {
    let isGone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const take = (data: T | null, error: string | null) => {
      if (isGone) return
      tell((before) => ({ key, data: data ?? (before.key === key ? before.data : null), error }))
      setBusy(false)
      const every = latest.current.everyOf(data)
      // What is shown may have grown by then, and has to stay as it is.
      if (every !== null) timer = setTimeout(() => { if (latest.current.everyOf(data) !== null) run() }, every)
    }
    const run = () => {
      setBusy(true)
      latest.current.ask().then((data) => take(data, null), (error: unknown) => take(null, reasonOf(error)))
    }
    run()
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [key, round])
  const isOfThis = told.key === key
  return { data: isOfThis ? told.data : null, error: isOfThis ? told.error : null, busy, again: () => setRound((before) => before + 1) }
}

/** A list as far as it was asked for, page by page. */
export interface Pages<D> extends Asked<readonly D[]> {
  /** Asks for the next page; null: there is none. */
  more: (() => void) | null
}

/** Asks for a list page by page. While only the first is shown it is asked for again and again. */
export function usePages<D extends { next_cursor: string | null }>(key: string, ask: (cursor: string | null) => Promise<D>, everyOf: (first: D | null) => number | null = () => EVERY): Pages<D> {
  const [later, setLater] = useState<{ key: string; pages: readonly D[]; error: string | null; busy: boolean }>({ key, pages: [], error: null, busy: false })
  const mine = later.key === key ? later : { key, pages: [], error: null, busy: false }
  const first = useAsked(key, () => ask(null), (page) => (mine.pages.length === 0 ? everyOf(page) : null))
  const pages = first.data === null ? null : [first.data, ...mine.pages]
  const cursor = pages?.at(-1)?.next_cursor ?? null
  const more = () => {
    setLater({ ...mine, error: null, busy: true })
    ask(cursor).then(
      (page) => setLater({ key, pages: [...mine.pages, page], error: null, busy: false }),
      (error: unknown) => setLater({ ...mine, error: reasonOf(error), busy: false }),
    )
  }
  const again = () => {
    setLater({ key, pages: [], error: null, busy: false })
    first.again()
  }
  return { data: pages, error: first.error ?? mine.error, busy: first.busy || mine.busy, again, more: cursor === null ? null : more }
}
