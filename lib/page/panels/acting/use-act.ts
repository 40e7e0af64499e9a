import { useRef, useState } from 'preact/hooks'
import type { Client } from '../../parts.js'
import { reasonOf } from '../parts/use-asked.js'

/** What somebody wants done. */
export interface Wanted {
  action: 'load' | 'fetch' | 'backfill' | 'explain' | 'acknowledge' | 'mute' | 'test_alerts'
  request: Readonly<Record<string, unknown>>
}

/** A key that nobody else has; the same wish sent twice, as after a lost answer, is done once. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Has things done, one at a time: the action that came of it, or why there is none. */
export function useAct(client: Client) {
  const [state, setState] = useState<{ busy: boolean; error: string | null; actionId: number | null }>({ busy: false, error: null, actionId: null })
  const sent = useRef<{ wish: string; key: string } | null>(null)
  const start = async ({ action, request }: Wanted) => {
    const wish = JSON.stringify([action, request])
    if (sent.current?.wish !== wish) sent.current = { wish, key: newKey() }
    setState({ busy: true, error: null, actionId: null })
    try {
      const { action_id: actionId } = await client.post<{ action_id: number }>('/actions', { action, request }, { idempotencyKey: sent.current.key })
      sent.current = null
      setState({ busy: false, error: null, actionId })
    } catch (error) {
      setState({ busy: false, error: reasonOf(error), actionId: null })
    }
  }
  return { ...state, start: (wanted: Wanted) => void start(wanted), forget: () => setState({ busy: false, error: null, actionId: null }) }
}
