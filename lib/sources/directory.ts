import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Dataset } from '../domain/dataset.js'
import { isIsoDate, type IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { identifyRegularFile, openRegularFile } from './regular-file.js'
import { monthsOf, type DayFile, type Source } from './source.js'

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
  const children = await readdir(root).catch(() => [])
  for (const child of children.toSorted(byName)) {
    if (await isDirectory(path.join(root, child, dataset.folder))) {
      throw missingDataset(root, dataset, `did you mean ${path.join(root, child)}?`)
    }
  }
  throw missingDataset(root, dataset, `day files belong in ${path.join(root, dataset.folder)}/YYYY/MM/YYYY-MM-DD.csv.gz`)
}

function missingDataset(root: string, dataset: Dataset, hint: string): UsageError {
  return new UsageError('SOURCE_NO_DATASET', `the directory ${root} has no folder ${dataset.folder}`, { hint })
}

const byName = (a: string, b: string): number => (a < b ? -1 : 1)

async function isDirectory(name: string): Promise<boolean> {
  const stats = await stat(name).catch(() => undefined)
  return stats?.isDirectory() ?? false
}
