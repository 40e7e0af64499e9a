import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const MEMORY = '/dev/shm'
/** Several times what all tests together have at once. */
const ROOM_BYTES = 3 * 2 ** 30
const NAME = 'ohlcv-tests-'

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** Removes what killed runs left behind: names have the process's id. */
function removeRemains() {
  for (const name of readdirSync(MEMORY)) {
    if (name.startsWith(NAME) && !isRunning(Number(name.slice(NAME.length).split('-')[0]))) rmSync(path.join(MEMORY, name), { recursive: true, force: true })
  }
}

function runsPrograms(folder) {
  const program = path.join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}

/**
 * A folder in memory for whatever is temporary in the tests, files of databases above all: to make and drop one costs half there.
 * undefined where there is none, or too small a one, as in many containers, or where no program may run that is in it.
 */
export function memoryFolder() {
  try {
    removeRemains()
    const { bavail, bsize } = statfsSync(MEMORY)
    if (bavail * bsize < ROOM_BYTES) return undefined
    const folder = mkdtempSync(path.join(MEMORY, `${NAME}${process.pid}-`))
    // Some of it is another user's, as in the system's own folder.
    chmodSync(folder, 0o1777)
    if (runsPrograms(folder)) return folder
    rmSync(folder, { recursive: true })
  } catch {
    // No such folder, or it is not for this user.
  }
  return undefined
}
