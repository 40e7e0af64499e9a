import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { testServer } from './postgres-server.js'

/** A file system of its own with room for so much, that the test's server keeps a tablespace in. */
export interface SmallDisk {
  tablespace: string
  /** Fills it up but for so many bytes. */
  fill(leaving: number): void
  /** Takes the filling away. */
  clear(): void
}

/** A folder with room for so many kilobytes, mounted until the test's teardown; undefined where this process may not mount. */
export function smallFolder(t: Test, kilobytes: number): string | undefined {
  if (process.getuid?.() !== 0) return undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'ohlcv-small-disk-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  t.teardown(() => execFileSync('umount', ['--lazy', folder]))
  return folder
}

/** Mounts one until the test's teardown; undefined where this process may not, or where the server is on another machine. */
export async function smallDisk(t: Test, megabytes: number): Promise<SmallDisk | undefined> {
  const client = new pg.Client({ connectionString: await testServer() })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`)
  const owner = statSync(rows[0]!.folder, { throwIfNoEntry: false })
  if (!owner) return undefined
  const folder = smallFolder(t, megabytes * 1024)
  if (folder === undefined) return undefined
  chownSync(folder, owner.uid, owner.gid)
  const tablespace = `ohlcv_small_disk_${process.pid}`
  await client.query(`create tablespace ${tablespace} location '${folder}'`)
  t.teardown(() => client.query(`drop tablespace ${tablespace}`))
  const filling = path.join(folder, 'filling')
  return {
    tablespace,
    fill(leaving) {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(filling, Buffer.alloc(Math.max(bavail * bsize - leaving, 0)))
    },
    clear: () => rmSync(filling, { force: true }),
  }
}
