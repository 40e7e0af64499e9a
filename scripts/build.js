// Compiles bin and lib into dist. npm runs it as `prepare`, also where only production packages are installed.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'

const tsc = 'node_modules/typescript/bin/tsc'
if (existsSync(tsc)) {
  rmSync('dist', { recursive: true, force: true })
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
  chmodSync('dist/bin/ohlcv.js', 0o755)
}
