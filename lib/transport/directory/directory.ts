import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Dataset } from '../../datasets/dataset.js'
import { isIsoDate, type IsoDate } from '../../domain/dates.js'
import { UsageError } from '../../domain/errors.js'
import { identifyRegularFile, openRegularFile } from './regular-file.js'
import { monthsOf, type DayFile, type Source } from '../source.js'

/** How far below a directory without the dataset it is looked for, for a hint, and in how many folders at most. */
const MOST_LEVELS = 2
const MOST_FOLDERS = 200

/** A directory in the bucket's layout: `day_aggs_v1/YYYY/MM/YYYY-MM-DD.csv.gz` below it. */
export function directorySource(root: string, { maxFileBytes }: { maxFileBytes: number }): Source {
  return {
    provider: 'massive',
    uri: root,
    async list(dataset, range, signal) {
      await requireDataset(root, dataset)
      const files = new Map<IsoDate, DayFile>()
      for (const month of monthsOf(range)) {
        signal.throwIfAborted()
        for (const file of await listMonth(path.join(root, dataset.folder), month)) {
          if (file.date >= range.start && file.date <= range.end) files.set(file.date, file)
        }
      }
      return files
    },
    probe: async () => 'absent',
    identify: (file, signal, known) => identifyRegularFile(file, maxFileBytes, signal, known),
    open: (file, signal) => openRegularFile(file, signal),
    async close() {},
  }
}

/** The day files of a month, `YYYY/MM`, in order; none when it has no directory. What is no regular file has no size and fails when opened. */
async function listMonth(folder: string, month: string): Promise<DayFile[]> {
  const directory = path.join(folder, month)
  const names = await readdir(directory).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new UsageError('SOURCE_UNREADABLE', `the directory ${directory} cannot be read: ${(cause as Error).message}`, { cause })
  })
  const files: DayFile[] = []
  for (const name of names.toSorted(byName)) {
    const date = name.slice(0, 10)
    if (name !== `${date}.csv.gz` || !isIsoDate(date) || !date.startsWith(month.replace('/', '-'))) continue
    const key = path.join(directory, name)
    const stats = await stat(key).catch(() => undefined)
    files.push({ date, key, size: stats?.isFile() ? stats.size : undefined, identity: undefined })
  }
  return files
}

async function requireDataset(root: string, dataset: Dataset): Promise<void> {
  if (await isDirectory(path.join(root, dataset.folder))) return
  const above = holderAbove(root, dataset)
  if (above !== undefined) throw missingDataset(root, dataset, `give the folder that holds ${dataset.folder}: ${above}`)
  const below = await holderBelow(root, dataset, MOST_LEVELS)
  if (below !== undefined) throw missingDataset(root, dataset, `did you mean ${below}?`)
  throw missingDataset(root, dataset, `give the folder that holds ${dataset.folder}, with day files in ${dataset.folder}/YYYY/MM/YYYY-MM-DD.csv.gz`)
}

/** The folder that holds the dataset's, where the root is that one or lies in it. */
function holderAbove(root: string, dataset: Dataset): string | undefined {
  const steps = path.resolve(root).split(path.sep)
  const found = steps.lastIndexOf(dataset.folder)
  return found < 0 ? undefined : steps.slice(0, found).join(path.sep) || path.sep
}

/** The folder below the root that holds the dataset's, the nearest first. */
async function holderBelow(root: string, dataset: Dataset, levels: number): Promise<string | undefined> {
  let folders = [root]
  for (let level = 0; level < levels; level++) {
    const children = await Promise.all(folders.map(async (folder) => (await readdir(folder, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => path.join(folder, name)).sort(byName)))
    folders = children.flat().slice(0, MOST_FOLDERS)
    for (const folder of folders) if (await isDirectory(path.join(folder, dataset.folder))) return folder
  }
  return undefined
}

function missingDataset(root: string, dataset: Dataset, hint: string): UsageError {
  return new UsageError('SOURCE_NO_DATASET', `the directory ${root} has no folder ${dataset.folder}`, { hint })
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1)

async function isDirectory(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => undefined)
  return stats?.isDirectory() ?? false
}
