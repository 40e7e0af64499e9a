import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Asker } from '../client/asker.js'
import type { DocumentOf } from '../documents/document.js'
import type { SUMMARY } from '../documents/service/summary.js'
import type { Place } from './place.js'

// What the parts of the page have in common.

/** The page's one document, as it comes. */
export type Summary = DocumentOf<typeof SUMMARY>

/** What who looks may do: see, or act as well; with the name of their token. */
export interface Access {
  access: 'everybody' | 'reader' | 'admin'
  name: string | null
}

/** Who asks the service: a path below `/api/v1` with its query, the same as CSV, or what is posted there. A problem is thrown. */
export type Client = Pick<Asker, 'get' | 'csv' | 'post'>

/** What is shown beside the page's own parts is given this. */
export interface PanelsProps {
  place: Place
  client: Client
  access: Access
  /** The clock of the service, as far as the page knows it. */
  now: () => Date
}

/** What any part of the page can do. Plain links (`hrefOf`) need none of it: the page follows them without a reload. */
export interface Acts {
  /** Changes what is shown; `replace`: as no step that one goes back to. */
  go: (change: Partial<Place>, options?: { replace?: boolean }) => void
  /** Asks for the page's document anew. */
  refresh: () => Promise<void>
  /** Takes a token, or gives it up (null); tells what it is good for, or throws the problem. */
  signIn: (token: string | null) => Promise<Access>
}

const nowhere: Acts = { go: () => undefined, refresh: async () => undefined, signIn: async () => ({ access: 'everybody', name: null }) }

export const ActsContext = createContext<Acts>(nowhere)

export function useActs(): Acts {
  return useContext(ActsContext)
}
