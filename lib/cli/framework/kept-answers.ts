import path from 'node:path'
import { homeFolder } from '../../postgres/embedded/place.js'
import { type KeptAnswers, openAnswers } from '../../transport/answers/answers.js'
import type { Context } from './command.js'

/** Where answers are kept as the settings have it: by themselves below the folder of the embedded database, whichever database is used. */
export function answersPlace({ settings }: Pick<Context, 'settings'>): string {
  return settings.answers ?? path.join(homeFolder(settings.home, process.cwd()), 'raw')
}

/** What is kept there. @throws UsageError */
export function keptAnswers(context: Pick<Context, 'settings' | 'env'>): KeptAnswers {
  return openAnswers(answersPlace(context), context.env)
}

/** Where the audits of jobs are written as files. */
export function auditFolder({ settings }: Pick<Context, 'settings'>): string {
  return path.join(homeFolder(settings.home, process.cwd()), 'audit')
}
