import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'
import { universeDiscover } from './discover.js'
import { universeHistory } from './history.js'
import { universeImport } from './import.js'
import { universeList } from './list.js'
import { universeRename } from './rename.js'
import { universeRetract } from './retract.js'

export const universe = defineGroup(NAMES.universe, [
  universeImport, universeDiscover, universeList, universeHistory, universeRename, universeRetract,
])
