import { execFile } from 'node:child_process'
import path from 'node:path'
import { PACKAGE_ROOT } from '../../../domain/version.js'

const PROGRAM = path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js')

/** How a process of this program ended; its code is null where a signal ended it. */
export interface ChildEnd {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs this program in a process of its own, with this environment and no other, until it ends or the signal ends it. */
export function runChild(line: readonly string[], { env, cwd, signal }: { env: NodeJS.ProcessEnv; cwd?: string; signal: AbortSignal }): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...line], { env, ...(cwd !== undefined && { cwd }), signal, killSignal: 'SIGTERM', maxBuffer: 64 * 1024 ** 2 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }))
    child.stdin?.end()
  })
}
