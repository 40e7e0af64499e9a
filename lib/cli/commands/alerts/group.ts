import { defineGroup } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { alertsTest } from './test.js'

export const alerts = defineGroup(NAMES.alerts, [alertsTest])
