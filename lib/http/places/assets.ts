import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PACKAGE_ROOT } from '../../domain/version.js'
import { Problem } from '../framework/problem.js'
import type { Place, Plain } from '../framework/route.js'

const FOLDER = path.join(PACKAGE_ROOT, 'dist/lib/page/assets')
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' }
/** A name with the hash of what is in it says something else when that changes. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** A file that the page loads. */
interface Asset {
  /** Its name on the page: with the hash of what is in it. */
  name: string
  answer: Plain
}

let read: ReadonlyMap<string, Asset> | undefined

/** The name with a hash, where it has none: those of the parts that esbuild divides the program into have. */
function hashed(name: string, body: Buffer): string {
  const { name: stem, ext } = path.parse(name)
  return /-[A-Z0-9]{8}$/.test(stem) ? name : `${stem}-${createHash('sha256').update(body).digest('hex').slice(0, 8)}${ext}`
}

/** The files, read once, by the names that esbuild gave them. */
function assets(): ReadonlyMap<string, Asset> {
  return (read ??= new Map(readdirSync(FOLDER).flatMap((file) => {
    const type = TYPES[path.extname(file)]
    if (type === undefined) return []
    const body = readFileSync(path.join(FOLDER, file))
    return [[file, { name: hashed(file, body), answer: { type, body, headers: { 'cache-control': FOR_EVER } } }]]
  })))
}

/** Where a file of the page is to be had, by the name that it was built as. */
export function assetUrl(file: string): string {
  const asset = assets().get(file)
  if (!asset) throw new Error(`the page has no file ${file}`)
  return `/page/${asset.name}`
}

/** Below a folder of its own: `/assets` is the API's, where it has securities. */
export const asset: Place = {
  path: '/page/{name}',
  summary: 'What the page loads; a name never means anything else',
  open: true,
  freshness: 'fixed',
  async answer({ params: { name } }) {
    const found = [...assets().values()].find((asset) => asset.name === name)
    if (!found) throw new Problem(404, 'NOT_FOUND', 'there is no such file')
    return found.answer
  },
}
