import { NAMES } from './names.js'
import { defineGroup } from './shared/command.js'
import { universeDiscover } from './universe-discover.js'
import { universeHistory } from './universe-history.js'
import { universeImport } from './universe-import.js'
import { universeList } from './universe-list.js'
import { universeRename } from './universe-rename.js'
import { universeRetract } from './universe-retract.js'

export const universe = defineGroup(NAMES.universe, [
  universeImport, universeDiscover, universeList, universeHistory, universeRename, universeRetract,
])
