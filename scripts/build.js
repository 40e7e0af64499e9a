// Compiles bin and lib into dist. npm runs it as `prepare`, also where only production packages are installed.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'

const tsc = 'node_modules/typescript/bin/tsc'
if (existsSync(tsc)) {
  rmSync('dist', { recursive: true, force: true })
  process.exitCode = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' }).status ?? 1
  if (process.exitCode === 0) chmodSync('dist/bin/ohlcv.js', 0o755)
}
