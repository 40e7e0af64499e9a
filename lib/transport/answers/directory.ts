import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { type Folder, unreadable, unwritable } from './folder.js'

/** How the name of a file ends that is not whole yet. */
const UNFINISHED = '.tmp'
/** How much older than one made now an unfinished file is when its writer has died. */
const DIED_MS = 3_600_000

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Has what was done to a file or a directory outlive a loss of power. */
async function synced(handle: FileHandle): Promise<void> {
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the directory and those above it that are missing. */
async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = directory; made.length >= first.length; made = path.dirname(made)) await synced(await open(path.dirname(made)))
}

async function removeUnfinished(directory: string, before: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(UNFINISHED)) continue
    const file = path.join(directory, name)
    const stats = await stat(file).catch(() => undefined)
    if (stats && stats.mtimeMs < before) await rm(file, { force: true })
  }
}

/** Files below a directory, for this user alone. */
export function directoryFolder(name: string): Folder {
  const root = path.resolve(name)
  const tidied = new Set<string>()
  const at = (below: string): string => path.join(root, ...below.split('/'))

  async function write(file: string, bytes: Buffer): Promise<void> {
    const directory = path.dirname(file)
    await makeDirectory(directory)
    const unfinished = `${file}.${randomBytes(6).toString('hex')}${UNFINISHED}`
    const handle = await open(unfinished, 'wx', 0o600)
    try {
      let madeAt: number
      try {
        await handle.writeFile(bytes)
        await handle.sync()
        madeAt = (await handle.stat()).mtimeMs
      } finally {
        await handle.close()
      }
      await rename(unfinished, file)
      await synced(await open(directory))
      // Once: a month's directory may hold many thousands.
      if (!tidied.has(directory)) await removeUnfinished(directory, madeAt - DIED_MS)
      tidied.add(directory)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  const failed = (error: unknown) => unwritable(root, (error as Error).message, error)
  return {
    uri: root,
    async write(below, bytes) {
      await write(at(below), bytes).catch((error: unknown) => {
        throw failed(error)
      })
    },
    async read(below) {
      try {
        return await readFile(at(below))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw unreadable(at(below), (error as Error).message, error)
      }
    },
    async remove(below) {
      await rm(at(below)).catch((error: unknown) => {
        if (!isMissing(error)) throw failed(error)
      })
    },
    async close() {},
  }
}
