import { useState } from 'preact/hooks'
import { pagesOf } from '../../../client/asker.js'
import type { Client } from '../../parts.js'
import { save } from '../../save.js'
import { reasonOf } from './use-asked.js'

type Query = Readonly<Record<string, string | number | boolean | null>>
type Page = { next_cursor: string | null } & Readonly<Record<string, unknown>>

/**
 * Buttons that give a list as files, with all that its filters leave: page after page, as it was asked for, so that a token goes along.
 * @param list its name in the document, for a file of JSON
 * @param limit how much of it is asked for at once; null: it has no pages
 */
export function Exports({ client, path, query, name, list, limit = 1000 }: { client: Client; path: string; query: Query; name: string; list: string; limit?: number | null }) {
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null })
  const rowsOf = async () => {
    const rows: unknown[] = []
    for await (const page of pagesOf((cursor) => client.get<Page>(path, { ...query, limit, cursor }))) rows.push(...page[list] as unknown[])
    return rows
  }
  const give = async (format: 'csv' | 'json') => {
    setState({ busy: true, error: null })
    try {
      if (format === 'csv') save(`${name}.csv`, 'text/csv', await client.csv(path, { ...query, limit }))
      else save(`${name}.json`, 'application/json', JSON.stringify(await rowsOf(), null, 2))
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
      <span aria-hidden="true">Export</span> {button('csv')} {button('json')}
      {state.error !== null && <span role="alert" class="bad">{state.error}</span>}
    </span>
  )
}
