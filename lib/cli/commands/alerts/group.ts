import { defineGroup } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { alertsAcknowledge } from './acknowledge.js'
import { alertsList } from './list.js'
import { alertsMute, alertsUnmute } from './mute.js'
import { alertsShow } from './show.js'
import { alertsTest } from './test.js'

export const alerts = defineGroup(NAMES.alerts, [alertsShow, alertsAcknowledge, alertsMute, alertsUnmute, alertsTest], alertsList)
