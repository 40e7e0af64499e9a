/** The groups of items that have the same key, in the order in which they come. */
export function groupsBy<T>(items: Iterable<T>, keyOf: (item: T) => unknown): T[][] {
  return [...grouped(items, (item) => [keyOf(item)]).values()]
}

/** The items by what they have in common, in the order in which they come. */
export function grouped<K, T>(items: Iterable<T>, keysOf: (item: T) => Iterable<K>): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key)
      if (group) group.push(item)
      else groups.set(key, [item])
    }
  }
  return groups
}
