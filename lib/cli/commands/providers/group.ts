import { NAMES } from '../../framework/names.js'
import { defineGroup } from '../../framework/command.js'
import { providersCheck } from './check.js'
import { providersShow } from './show.js'
import { providersTest } from './test.js'

export const providers = defineGroup(NAMES.providers, [providersTest, providersCheck], providersShow)
