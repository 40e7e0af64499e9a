import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'
import { importCsv } from './csv.js'
import { importLegacy } from './legacy.js'

export const imports = defineGroup(NAMES.import, [importLegacy, importCsv])
