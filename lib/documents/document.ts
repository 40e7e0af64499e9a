import type * as v from 'valibot'

/** A kind of JSON document: what programs read, from whichever door it comes. Its values are those of JSON: an instant is text. */
export interface DocumentType<S extends v.GenericSchema<object> = v.GenericSchema<object>> {
  /** As its `schema` field has it, for instance `ohlcv.load/1`; the number changes when a field goes or changes its meaning. */
  name: `ohlcv.${string}/${number}`
  /** Its fields, but for those that every document has. */
  fields: S
}

/** The fields of a document of this type. */
export type DocumentOf<D extends DocumentType> = v.InferInput<D['fields']>

/** Makes a kind of document known. */
export function defineDocument<S extends v.GenericSchema<object>>(name: DocumentType['name'], fields: S): DocumentType<S> {
  return { name, fields }
}
