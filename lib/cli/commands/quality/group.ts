import { defineGroup } from '../../framework/command.js'
import { NAMES } from '../../framework/names.js'
import { qualityExplain, qualityReopen } from './explain.js'
import { qualityFindings } from './findings.js'
import { qualityRules } from './rules.js'
import { qualityScores } from './scores.js'

export const quality = defineGroup(NAMES.quality, [qualityFindings, qualityExplain, qualityReopen, qualityRules], qualityScores)
