import { setImmediate } from 'node:timers/promises'
import build, { type ObjectSchema } from 'fast-json-stringify'
import type { DocumentType } from '../../documents/document.js'
import { documentSchema } from './openapi.js'

type Write = (document: object) => string

const writers = new WeakMap<DocumentType, Write>()

/** Writes the documents of a kind: their fields by its schema and no other, whatever it is given. Made once, which takes longer than many answers. */
export function writerOf(document: DocumentType): Write {
  const made = writers.get(document) ?? build(documentSchema(document) as ObjectSchema)
  writers.set(document, made)
  return made
}

/** Makes the writers of documents before they are needed; whoever asks meanwhile waits for one of them at most. */
export async function makeWriters(documents: Iterable<DocumentType>): Promise<void> {
  for (const document of documents) {
    writerOf(document)
    await setImmediate()
  }
}
