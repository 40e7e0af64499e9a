import { defineGroup } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { actionsFetch } from './fetch.js'
import { actionsList } from './list.js'
import { actionsApply, actionsIgnore } from './rule.js'

export const actions = defineGroup(NAMES.actions, [actionsFetch, actionsList, actionsApply, actionsIgnore])
