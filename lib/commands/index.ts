import type { Registration } from './shared/command.js'

/** Every command, in the order in which help lists them. */
export const commands: Registration[] = []
