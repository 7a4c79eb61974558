/** Ages as kubectl prints them. */
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

/** `4s`, `12m`, `3h`, `9d`: how long ago it was, as kubectl says it; `?` for what is no time. */
export function ageOf(time: string | undefined, now: number): string {
  const ms = now - Date.parse(time ?? "");
  if (Number.isNaN(ms)) return "?";
  const [unit, size] = UNITS.find(([, least]) => ms >= 2 * least) ?? ["s", 1_000];
  return `${Math.max(0, Math.floor(ms / size))}${unit}`;
}
