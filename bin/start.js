#!/usr/bin/env node
// What npm links as `ohlcv`: a file that is there before anything is built, since npm links a folder without building it.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = new URL('../dist/bin/ohlcv.js', import.meta.url)
if (existsSync(program)) {
  await import(program.href)
} else {
  console.error(`ohlcv: not built yet\n  run first: (cd ${fileURLToPath(new URL('..', import.meta.url))} && npm ci)`)
  process.exitCode = 2
}
