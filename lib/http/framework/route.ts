import type * as v from 'valibot'
import type { DocumentOf, DocumentType } from '../../documents/document.js'
import type { Site } from './site.js'

/** Fields by name, as they stand in a path, behind a question mark, or in a body. */
export type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>

/** What a route is asked, already checked. */
export interface Asked<P extends Fields, Q extends Fields, B extends Fields> {
  params: v.InferOutput<P>
  query: v.InferOutput<Q>
  body: v.InferOutput<B>
}

/** What the service answers at a path: thin, for what it tells is a document that other doors print as well. */
export interface Route<D extends DocumentType = DocumentType, P extends Fields = Fields, Q extends Fields = Fields, B extends Fields = Fields> {
  method: 'GET' | 'POST'
  /** Below `/api/v1`, in the form of OpenAPI: `/ingestion/runs/{id}`. */
  path: `/${string}`
  /** Under which heading it is described. */
  tag: 'status' | 'data' | 'ingestion'
  /** What it does, in a few words, and what else there is to know. */
  summary: string
  description?: string
  params?: P
  query?: Q
  body?: B
  /** The kind of document it answers with. */
  document: D
  /** For `format=csv`: rows, the header first. */
  csv?: (document: DocumentOf<D>) => (string | number | null)[][]
  answer(asked: Asked<P, Q, B>, site: Site): Promise<DocumentOf<D>>
}

/** Makes a route known. */
export function defineRoute<D extends DocumentType, P extends Fields = Fields, Q extends Fields = Fields, B extends Fields = Fields>(route: Route<D, P, Q, B>): Route {
  return route as unknown as Route
}
