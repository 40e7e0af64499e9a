import * as v from 'valibot'
import type { DocumentOf, DocumentType } from '../../documents/document.js'
import type { Access } from './access.js'
import type { Site } from './site.js'

/** Fields by name, as they stand in a path, behind a question mark, in a body, or (in lower case) in the header. */
export type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>

/** What a route is asked, already checked. */
export interface Asked<P extends Fields = Fields, Q extends Fields = Fields, B extends Fields = Fields, H extends Fields = Fields> {
  params: v.InferOutput<P>
  query: v.InferOutput<Q>
  body: v.InferOutput<B>
  headers: v.InferOutput<H>
  /** Who asks. */
  who: Access
}

/** How an answer is kept. */
export interface Kept {
  /** `soon`: one that is dear to make is given as it was, some seconds old, while the new one is made. `fixed`: it never changes while the service runs, and needs no database. `at once` unless told. */
  freshness?: 'at once' | 'soon' | 'fixed'
  /** What else it changes with than the database: with that which it is made of, where that is kept. */
  version?: (site: Site) => Promise<string>
  /** False: it is made anew each time, for it is not of what the ledger has. */
  cache?: false
}

/** What the service answers at a path: thin, for what it tells is a document that other doors print as well. */
export interface Route<D extends DocumentType = DocumentType, P extends Fields = Fields, Q extends Fields = Fields, B extends Fields = Fields, H extends Fields = Fields> extends Kept {
  method: 'GET' | 'POST'
  /** Below `/api/v1`, in the form of OpenAPI: `/ingestion/runs/{id}`. */
  path: `/${string}`
  /** Under which heading it is described. */
  tag: 'status' | 'data' | 'ingestion' | 'alerts'
  /** What it does, in a few words, and what else there is to know. */
  summary: string
  description?: string
  params?: P
  /** Without `format`, which each route with `csv` has. */
  query?: Q
  body?: B
  headers?: H
  /** A question, for people who read the description and for the tests of all routes; routes that take no field need none. */
  example?: { params?: v.InferInput<P>; query?: v.InferInput<Q>; body?: v.InferInput<B>; headers?: v.InferInput<H> }
  /** The status of its answer: 200 unless told. */
  status?: 200 | 202
  /** Who may ask: with `admin` only an administrator; else everybody, or readers where reading needs a token. */
  access?: 'admin'
  /** Problems of its own, by status, as its description has them: `{ 404: 'there is no such run' }`. */
  problems?: Readonly<Record<number, string>>
  /** The kind of document it answers with. */
  document: D
  /** For `format=csv`: rows, the header first. */
  csv?: (document: DocumentOf<D>) => (string | number | null)[][]
  answer(asked: Asked<P, Q, B, H>, site: Site): Promise<DocumentOf<D>>
}

/** Makes a route known. */
export function defineRoute<D extends DocumentType, P extends Fields = Fields, Q extends Fields = Fields, B extends Fields = Fields, H extends Fields = Fields>(route: Route<D, P, Q, B, H>): Route {
  return route as unknown as Route
}

/** What a route may be asked behind the question mark. */
export function queryOf({ query, csv }: Route): Fields {
  return v.strictObject({ ...query?.entries, ...(csv && { format: v.optional(v.picklist(['json', 'csv']), 'json') }) })
}

/** An answer that is no document: its bytes, and what they are. */
export interface Plain {
  /** 200 unless told. */
  status?: number
  /** With its charset, for a text. */
  type: string
  body: string | Buffer
  headers?: Readonly<Record<string, string>>
}

/** What is asked at a path of its own. */
export interface AskedPlain {
  /** The parts of the path, unchecked. */
  params: Readonly<Record<string, string>>
  /** What stands behind the question mark, of a place that says so. */
  search: URLSearchParams
  who: Access
}

/** What is at the root beside the API: pages, files, lines of text. */
export interface Place extends Kept {
  /** In the form of OpenAPI: `/page/{name}`. */
  path: `/${string}`
  /** What it is, in a few words. */
  summary: string
  /** True: told to everybody, also where reading needs a token. */
  open?: true
  /** True: while the database is away it is told as it was, for it tells by itself how old it is. */
  lasting?: true
  /** True: what stands behind the question mark decides what it answers; else that is passed over. */
  search?: true
  answer(asked: AskedPlain, site: Site): Promise<Plain>
}
