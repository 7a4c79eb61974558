/** An order by several measures, of which the first weighs most. */
export type Rank = readonly (number | string)[];

/** For toSorted: the first place in which the two differ decides. Both have the same places. */
export function compareRanks(a: Rank, b: Rank): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as number | string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
