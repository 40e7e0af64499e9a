/**
 * The version of the rules by which a file becomes bars: raise it with any change to the stages that could change what
 * is stored, and dates loaded by older rules are read again.
 */
export const RULES_VERSION = 1
