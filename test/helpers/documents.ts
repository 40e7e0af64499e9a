import { readdirSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'
import type { DocumentType } from '../../lib/documents/document.js'
import { failure } from '../../lib/documents/failure.js'

const FOLDER = path.join(import.meta.dirname, '../../lib/documents')

function isDocument(value: unknown): value is DocumentType {
  return typeof value === 'object' && value !== null && 'name' in value && 'fields' in value
}

/** Every kind of document there is, by name. */
const DOCUMENTS: ReadonlyMap<string, DocumentType> = new Map((await Promise.all(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js')).map(async (file) => Object.values((await import(path.join(FOLDER, file))) as Record<string, unknown>))))
  .flat().filter(isDocument).map((document) => [document.name, document]))

/** Throws where a printed document is not what its schema says. */
export function checkDocument(text: string): void {
  const { schema, exit_code: exitCode, ...fields } = JSON.parse(text) as Record<string, unknown>
  const expected = 'error' in fields ? failure : DOCUMENTS.get(String(schema))?.fields
  if (!expected) throw new Error(`there is no document ${String(schema)}`)
  if (typeof exitCode !== 'number') throw new Error(`${String(schema)}: exit_code is ${String(exitCode)}`)
  const { issues } = v.safeParse(expected, fields)
  if (issues) throw new Error(`${String(schema)}: ${JSON.stringify(v.flatten(issues))}`)
}
