import path from 'node:path'
import { homeFolder } from '../../postgres/embedded/place.js'
import { type KeptAnswers, openAnswers } from '../../transport/answers/answers.js'
import type { Context } from './command.js'

/** The answers as the settings have it: by themselves below the folder of the embedded database, whichever database is used. @throws UsageError */
export function keptAnswers({ settings, env }: Pick<Context, 'settings' | 'env'>): KeptAnswers {
  return openAnswers(settings.answers ?? path.join(homeFolder(settings.home, process.cwd()), 'raw'), env)
}

/** Where the audits of jobs are written as files. */
export function auditFolder({ settings }: Pick<Context, 'settings'>): string {
  return path.join(homeFolder(settings.home, process.cwd()), 'audit')
}
