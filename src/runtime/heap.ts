/** What a Heap can hold: it keeps its place in the heap, so that it can be removed or moved in O(log n). */
export interface Heaped {
  /** Written by the heap only; -1 while in none. */
  heapIndex: number;
}

/** Binary heap with removal from the middle. An item is in at most one heap at a time. */
export class Heap<T extends Heaped> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before(a, b)`: a comes out earlier than b. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  /** All items, in no order to rely on. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items[Symbol.iterator]();
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#place(item, this.#items.length);
    this.#up(item);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes an item out, wherever it is; does nothing for one that is in no heap. */
  remove(item: T): void {
    const index = item.heapIndex;
    const last = this.#items.at(-1);
    if (index < 0 || last === undefined) return;
    this.#items.pop();
    item.heapIndex = -1;
    if (last === item) return;
    this.#place(last, index);
    this.#up(last);
    this.#down(last);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #up(item: T): void {
    while (item.heapIndex > 0) {
      const parent = this.#items[(item.heapIndex - 1) >> 1];
      if (parent === undefined || !this.#before(item, parent)) return;
      this.#swap(item, parent);
    }
  }

  #down(item: T): void {
    for (let child = this.#firstChild(item); child !== undefined; child = this.#firstChild(item)) {
      if (!this.#before(child, item)) return;
      this.#swap(child, item);
    }
  }

  /** The child that comes out earlier. */
  #firstChild(item: T): T | undefined {
    const left = this.#items[2 * item.heapIndex + 1];
    const right = this.#items[2 * item.heapIndex + 2];
    return left !== undefined && right !== undefined && this.#before(right, left) ? right : left;
  }

  #swap(a: T, b: T): void {
    const index = a.heapIndex;
    this.#place(a, b.heapIndex);
    this.#place(b, index);
  }
}
