import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'
import { fetchesList } from './list.js'
import { fetchesPrune } from './prune.js'
import { fetchesReplay } from './replay.js'
import { fetchesShow } from './show.js'

export const fetches = defineGroup(NAMES.fetches, [fetchesShow, fetchesReplay, fetchesPrune], fetchesList)
