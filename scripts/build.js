// Compiles bin and lib into dist; with `--tests` what tests and measures as well. npm runs it as `prepare`, also where only
// production packages are installed: what is built stays as it is then, and where nothing is built npm is to fail, for it
// would link a program that is not there.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'

const tsc = 'node_modules/typescript/bin/tsc'
const project = process.argv.includes('--tests') ? 'tsconfig.test.json' : 'tsconfig.build.json'
if (existsSync(tsc)) {
  rmSync('dist', { recursive: true, force: true })
  process.exitCode = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' }).status ?? 1
  if (process.exitCode === 0) chmodSync('dist/bin/ohlcv.js', 0o755)
} else if (!existsSync('dist/bin/ohlcv.js')) {
  console.error('ohlcv is not built, and what builds it is not installed. Run first, in this folder: npm ci')
  process.exitCode = 1
}
