/** The oldest Node that loads every module of the program, as `engines` in package.json has it. */
const OLDEST = [20, 19] as const

/** What is wrong with a version of Node, as `process.versions.node` has it; undefined when nothing is. */
export function nodeFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined
  return `needs Node ${OLDEST.join('.')} or newer, this is ${version}`
}
