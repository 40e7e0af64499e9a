/** What channels need to know that is no secret. */
export interface ChannelSettings {
  mailTo: readonly string[]
  mailFrom: string | undefined
  mailPrefix: string
  /** Where people find the status page. */
  statusUrl: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What a channel is made of. */
export interface ChannelOptions {
  env: Environment
  settings: ChannelSettings
  /** The clock: of signatures, which hold only for a while. */
  now: () => Date
}
