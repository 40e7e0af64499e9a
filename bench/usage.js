// Imported into each measured process: at its end it tells the harness, on file descriptor 3, what it used.
import { writeSync } from 'node:fs'

process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())))
