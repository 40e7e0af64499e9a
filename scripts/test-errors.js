// Loaded into a process of tests: the runner would follow each promise from where it is made to where it is collected, to know which
// test an error is of that nobody waits for, a tenth of all that tests do. Such an error fails the process's own test instead
// (scripts/test-processes.js), with its stack.
import asyncHooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

asyncHooks.createHook = () => ({ enable() {}, disable() {} })
syncBuiltinESMExports()
