/** The prices of a bar. */
export const PRICES = ['open', 'high', 'low', 'close'] as const

/** More than so great a part of the second number apart, as SQL. */
export const apart = (a: string, b: string, part = '0.0001'): string => `abs(${a} - ${b}) > ${part} * ${b}`
