import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'
import { fillsList } from './list.js'
import { fillsRemove } from './remove.js'

export const fills = defineGroup(NAMES.fills, [fillsRemove], fillsList)
