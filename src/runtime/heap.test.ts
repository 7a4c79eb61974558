import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap } from "./heap.ts";

interface Item {
  readonly value: number;
  heapIndex: number;
}

test("after any removals from the middle, what is left comes out in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(100), { maxLength: 40 }),
      fc.array(fc.nat(39), { maxLength: 20 }),
      (values, removals) => {
        const heap = new Heap<Item>((a, b) => a.value < b.value);
        const items = values.map((value) => ({ value, heapIndex: -1 }));
        for (const item of items) heap.push(item);
        const removed = new Set(removals.flatMap((index) => items[index] ?? []));
        for (const item of removed) heap.remove(item);
        // Once more: an item that is in no heap is left alone.
        for (const item of removed) heap.remove(item);
        const out: number[] = [];
        for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item.value);
        const left = items.filter((item) => !removed.has(item)).map((item) => item.value);
        expect(out).toEqual(left.toSorted((a, b) => a - b));
        expect(heap.size).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
