/** Raised when a rule says otherwise than before, its name, weight and thresholds being the same: all dates are judged anew then. */
export const RULES_VERSION = 1

/** Rules whose open findings a split or dividend explains, when it does with the move of its ex-date. */
export const EXPLAINED_BY_ACTIONS: readonly string[] = ['continuity', 'spike', 'power_of_ten', 'split_ratio']
