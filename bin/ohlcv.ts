#!/usr/bin/env node
import { EXIT } from '../lib/cli/framework/exit.js'
import { nodeFault } from '../lib/domain/node-version.js'

// Imported by name only once it is known that this Node can load it.
const fault = nodeFault(process.versions.node)
if (fault === undefined) {
  const { main } = await import('../lib/cli/program.js')
  await main(process)
} else {
  process.stderr.write(`ohlcv: ${fault}\n`)
  process.exitCode = EXIT.usage
}
