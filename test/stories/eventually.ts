/** Asks again and again until there is an answer; undefined when there was none in time. */
export async function eventually<T>(ask: () => Promise<T | undefined>, ms = 30_000): Promise<T | undefined> {
  for (const until = Date.now() + ms; ;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
