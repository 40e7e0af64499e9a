import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import type { ListedObject, Transport, Wanted } from '../transport.js'
import { versionOfRegularFile, openRegularFile } from './regular-file.js'

/** How far below a directory without the folder wanted it is looked for, for a hint, and in how many folders at most. */
const MOST_LEVELS = 2
const MOST_FOLDERS = 200

/** The files below a directory. */
export function directoryTransport(root: string, { maxFileBytes }: { maxFileBytes: number }): Transport {
  return {
    uri: root,
    list: async function* (wanted, signal) {
      await requireFolder(root, wanted)
      for (const folder of wanted.folders) {
        signal.throwIfAborted()
        yield* listFolder(root, folder)
      }
    },
    probe: async () => 'absent',
    versionOf: (object, signal, known) => versionOfRegularFile(object, maxFileBytes, signal, known),
    open: (object, signal) => openRegularFile(object, signal),
    async close() {},
  }
}

/** What lies in a folder, by name; nothing when there is none. What is no regular file has no size and fails when opened. */
async function* listFolder(root: string, folder: string): AsyncGenerator<ListedObject> {
  const place = path.join(root, folder)
  const names = await readdir(place).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UsageError('SOURCE_UNREADABLE', `the directory ${place} cannot be read: ${(cause as Error).message}`, { cause })
  })
  for (const name of names.toSorted(byName)) {
    const key = path.join(place, name)
    const stats = await stat(key).catch(() => undefined)
    yield { path: `${folder}/${name}`, key, size: stats?.isFile() ? stats.size : undefined, version: undefined }
  }
}

async function requireFolder(root: string, { folder, form }: Wanted): Promise<void> {
  if (await isDirectory(path.join(root, folder))) return
  const missing = (hint: string) => new UsageError('SOURCE_NO_DATASET', `the directory ${root} has no folder ${folder}`, { hint })
  const above = holderAbove(root, folder)
  if (above !== undefined) throw missing(`give the folder that holds ${folder}: ${above}`)
  const below = await holderBelow(root, folder, MOST_LEVELS)
  if (below !== undefined) throw missing(`did you mean ${below}?`)
  throw missing(`give the folder that holds ${folder}, with day files in ${form}`)
}

/** What holds the folder wanted, where the root is that one or lies in it. */
function holderAbove(root: string, wanted: string): string | undefined {
  const steps = path.resolve(root).split(path.sep)
  const found = steps.lastIndexOf(wanted)
  return found < 0 ? undefined : steps.slice(0, found).join(path.sep) || path.sep
}

/** What holds the folder wanted below the root, the nearest first. */
async function holderBelow(root: string, wanted: string, levels: number): Promise<string | undefined> {
  let folders = [root]
  for (let level = 0; level < levels; level++) {
    const children = await Promise.all(folders.map(async (folder) => (await readdir(folder, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => path.join(folder, name)).sort(byName)))
    folders = children.flat().slice(0, MOST_FOLDERS)
    for (const folder of folders) if (await isDirectory(path.join(folder, wanted))) return folder
  }
  return undefined
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1)

async function isDirectory(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => undefined)
  return stats?.isDirectory() ?? false
}
