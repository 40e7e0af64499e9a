import { distribute } from './db-distribute.js'
import { info } from './db-info.js'
import { reset } from './db-reset.js'
import { start } from './db-start.js'
import { stop } from './db-stop.js'
import { up } from './db-up.js'
import { NAMES } from './names.js'
import { defineGroup } from './shared/command.js'

export const db = defineGroup(NAMES.db, [up, info, start, stop, reset, distribute])
