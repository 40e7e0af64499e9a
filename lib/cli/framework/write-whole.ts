import { randomUUID } from 'node:crypto'
import { open, rename, unlink } from 'node:fs/promises'
import { UsageError } from '../../domain/errors.js'

/** Writes a file in place of what was there: the whole of it or nothing, whoever else writes it just now. @throws UsageError OUTPUT_UNWRITABLE */
export async function writeWhole(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}.new`
  try {
    const handle = await open(aside, 'wx')
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(aside, file)
  } catch (cause) {
    await unlink(aside).catch(() => undefined)
    throw new UsageError('OUTPUT_UNWRITABLE', `${file} cannot be written: ${(cause as Error).message}`, { cause, hint: 'name a file in a folder that is there and may be written' })
  }
}
