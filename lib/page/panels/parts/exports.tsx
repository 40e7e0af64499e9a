import { useState } from 'preact/hooks'
import type { Client } from '../../parts.js'
import { save } from '../../save.js'
import { reasonOf } from './use-asked.js'

type Query = Readonly<Record<string, string | number | boolean | null>>

/** Buttons that give a list as files, with all that its filters leave. It is asked for as the list was, so that a token goes along. */
export function Exports({ client, path, query, name, csv = true }: { client: Client; path: string; query: Query; name: string; csv?: boolean }) {
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null })
  const give = async (format: 'csv' | 'json') => {
    setState({ busy: true, error: null })
    try {
      const whole = { ...query, limit: 1000 }
      if (format === 'csv') save(`${name}.csv`, 'text/csv', await client.csv(path, whole))
      else save(`${name}.json`, 'application/json', JSON.stringify(await client.get(path, whole), null, 2))
      setState({ busy: false, error: null })
    } catch (error) {
      setState({ busy: false, error: reasonOf(error) })
    }
  }
  const button = (format: 'csv' | 'json') => (
    <button type="button" class="small" disabled={state.busy} aria-label={`Export ${name} as ${format.toUpperCase()}`} onClick={() => void give(format)}>{format.toUpperCase()}</button>
  )
  return (
    <span class="exports">
      <span aria-hidden="true">Export</span> {csv && button('csv')} {button('json')}
      {state.error !== null && <span role="alert" class="bad">{state.error}</span>}
    </span>
  )
}
