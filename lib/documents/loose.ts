import * as v from 'valibot'
import { defineDocument, type DocumentType } from './document.js'

/** A document whose fields are not written down yet. */
export function looseDocument(name: DocumentType['name']) {
  return defineDocument(name, v.looseObject({}))
}

/** What {@link looseDocument} gives. */
export type LooseDocument = ReturnType<typeof looseDocument>
