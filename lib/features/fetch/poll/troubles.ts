/** What is wrong with something, as it is told. */
export interface Fault {
  code: string
  message: string
}

/** What has begun to be wrong, or is now wrong in another way, and what is right again. */
export interface Changes {
  begun: ReadonlyMap<string, Fault>
  ended: readonly string[]
}

/** Remembers what is wrong, so that it is told once, and told when it is over. */
export class Troubles {
  readonly #known = new Map<string, string>()

  /** @param found how each of these is: null is well */
  changes(found: ReadonlyMap<string, Fault | null>): Changes {
    const begun = new Map<string, Fault>()
    const ended: string[] = []
    for (const [subject, fault] of found) {
      const known = this.#known.get(subject)
      if (fault === null) {
        if (this.#known.delete(subject)) ended.push(subject)
      } else if (known !== fault.code) {
        this.#known.set(subject, fault.code)
        begun.set(subject, fault)
      }
    }
    return { begun, ended }
  }
}
