import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Asker } from '../../client/asker.js'
import { StatusError } from '../../client/status-error.js'
import { App } from '../app.js'
import type { Link } from '../header.js'
import { ActsContext, type Access, type Acts, type Summary } from '../parts.js'
import { hrefOf, readPlace, type Place } from '../place.js'
import { followLinks } from './links.js'
import { keptToken, keepToken } from './token.js'

/** What the service put into the page. */
export interface PageData {
  summary: Summary | null
  access: Access
  demo: boolean
  now: string
}

/** How often the page asks for its document; and how often while nobody answers. */
const REFRESH_MS = 30_000
const RETRY_MS = 10_000
/** After this nobody answers. */
const PATIENCE_MS = 20_000

const EVERYBODY: Access = { access: 'everybody', name: null }

function here(): Place {
  return readPlace(location.search, location.pathname)
}

function linkOf(error: unknown): Link {
  if (error instanceof StatusError && error.status === 401) return { state: 'locked', reason: error.message, isBusy: false }
  return { state: 'gone', reason: error instanceof Error && error.name !== 'TimeoutError' ? error.message : 'no answer in time', isBusy: false }
}

/** The page as it lives in a browser: it follows its links without a reload, and asks for its document again and again. */
export function Live({ data, startedAt }: { data: PageData; startedAt: number }) {
  const [place, setPlace] = useState(here)
  const [shown, setShown] = useState<{ summary: Summary | null; access: Access; link: Link }>({ summary: data.summary, access: data.access, link: { state: 'ok', reason: null, isBusy: false } })
  const [client, setClient] = useState(() => new Asker({ token: keptToken() }))
  // Answers to who asked before somebody signed in or out are no longer wanted.
  const latest = useRef(client)
  const asked = useRef<{ at: number; answer: Promise<void> | null }>({ at: startedAt, answer: null })

  // The clock of the service: that of who looks may be wrong.
  const now = useCallback(() => new Date(Date.parse(data.now) + performance.now() - startedAt), [data.now, startedAt])

  const refresh = useCallback(async () => {
    const ask = async () => {
      setShown((before) => ({ ...before, link: { ...before.link, isBusy: true } }))
      const asker = latest.current
      try {
        const summary = await asker.get<Summary>('/status/summary', {}, { signal: AbortSignal.timeout(PATIENCE_MS) })
        if (asker === latest.current) setShown((before) => ({ ...before, summary, link: { state: 'ok', reason: null, isBusy: false } }))
      } catch (error) {
        const link = linkOf(error)
        if (asker === latest.current) setShown((before) => ({ ...before, summary: link.state === 'locked' ? null : before.summary, link }))
      }
      asked.current = { at: performance.now(), answer: null }
    }
    asked.current.answer ??= ask()
    await asked.current.answer
  }, [])

  const signIn = useCallback(async (token: string | null) => {
    const asker = new Asker({ token })
    const access = token === null ? EVERYBODY : await asker.get<Access>('/session')
    keepToken(token)
    setClient(asker)
    latest.current = asker
    asked.current.answer = null
    setShown((before) => ({ ...before, access }))
    await refresh()
    return access
  }, [refresh])

  const go = useCallback((change: Partial<Place>, { replace = false } = {}) => {
    const to = { ...here(), ...change }
    history[replace ? 'replaceState' : 'pushState'](null, '', hrefOf(to))
    setPlace(to)
  }, [])

  useEffect(() => {
    const stopFollowing = followLinks(() => setPlace(here()))
    const look = () => {
      const { at, answer } = asked.current
      if (document.visibilityState === 'visible' && answer === null && performance.now() - at >= (state.current === 'ok' ? REFRESH_MS : RETRY_MS)) void refresh()
    }
    const timer = setInterval(look, 1000)
    document.addEventListener('visibilitychange', look)
    const token = keptToken()
    if (token !== null) signIn(token).catch(() => signIn(null))
    else if (data.summary === null) void refresh()
    performance.mark('interactive')
    return () => {
      stopFollowing()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])

  const state = useRef(shown.link.state)
  state.current = shown.link.state

  useEffect(() => { document.title = `${shown.summary?.verdict.text ?? 'Status'} · ohlcv` }, [shown.summary?.verdict.text])

  const acts: Acts = useMemo(() => ({ go, refresh, signIn }), [go, refresh, signIn])
  return <ActsContext.Provider value={acts}><App {...shown} demo={data.demo} place={place} now={now} client={client} /></ActsContext.Provider>
}
