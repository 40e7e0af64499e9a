import { distribute } from './distribute.js'
import { info } from './info.js'
import { prune } from './prune.js'
import { reset } from './reset.js'
import { start } from './start.js'
import { stop } from './stop.js'
import { up } from './up.js'
import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'

export const db = defineGroup(NAMES.db, [up, info, start, stop, reset, distribute, prune])
